import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { promisify } from 'node:util'
import { TestbedError } from './errors.ts'
import type { Sandbox } from './sandbox/sandbox.ts'

const script = `set -e
cd "$1"
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key" 2>/dev/null; }
# signed NAME SUBJECT-ALT-NAMES VALIDITY: a server certificate of our CA
signed() {
  key "$1"
  openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
  printf 'subjectAltName=%s\\nextendedKeyUsage=serverAuth\\nbasicConstraints=CA:FALSE\\n' "$2" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -set_serial "0x$(openssl rand -hex 12)" $3 -extfile "$1.ext" -out "$1.pem" 2>/dev/null
}
key ca
openssl req -x509 -new -key ca.key -subj '/CN=mailmove test CA' -days 3650 -addext 'keyUsage=critical,keyCertSign' -out ca.pem
here="DNS:localhost,IP:127.0.0.1,IP:127.0.0.2,IP:127.0.0.3,IP:127.0.0.4$2"
# OpenSSL 3.5 refuses a negative number of days, and 3.0 knows no dates here.
expired='-not_before 20240101000000Z -not_after 20240201000000Z'
openssl x509 -help 2>&1 | grep -q not_after || expired='-days -1'
signed server "$here" '-days 3650' &
signed expired "$here" "$expired" &
signed wrongHost 'DNS:somewhere-else.example' '-days 3650' &
{ key selfSigned; openssl req -x509 -new -key selfSigned.key -subj /CN=selfSigned -days 3650 -addext "subjectAltName=$here" -out selfSigned.pem; } &
{ openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out mail-crypt.key; openssl pkey -in mail-crypt.key -pubout -out mail-crypt.pub; } &
wait
for name in server expired wrongHost selfSigned; do openssl x509 -in "$name.pem" -noout; done
`

/**
 * Makes a test CA (`ca.pem`), a server certificate of it for 127.0.0.1, localhost and `more` (`server.pem`, `server.key`),
 * and certificates that are wrong in one way each: `expired`, `wrongHost`, `selfSigned`. `mail-crypt.*` is the key
 * pair with which the new Dovecot encrypts mail when asked to. Runs in the sandbox if there is one.
 */
export async function makeCertificates(
  directory: string,
  sandbox?: Sandbox,
  more: { readonly names?: readonly string[]; readonly addresses?: readonly string[] } = {},
): Promise<void> {
  await mkdir(directory, { recursive: true })
  const { names = [], addresses = [] } = more
  const alternatives = [
    ...names.map((name) => `,DNS:${name}`),
    ...addresses.map((address) => `,IP:${address}`),
  ]
  const args = ['-c', script, 'certificates', directory, alternatives.join('')]
  try {
    if (sandbox === undefined) await promisify(execFile)('sh', args)
    // openssl may be there only; and a process outside would go on writing when ours is killed.
    else await sandbox.succeed('sh', args)
  } catch (cause) {
    throw new TestbedError('certificates', `openssl could not make the test certificates: ${String(cause)}`, {
      cause,
    })
  }
}
