// First run: makes a new key in FILE and prints the DNS record. Publish it, wait for the TTL, then run it again with
// "activate": from then on mailcow signs with it, and no mail is ever signed with a key that nobody can look up.
// MAILCOW_URL=... MAILCOW_API_KEY=... node examples/rotate-dkim.ts example.at s2026 key.pem [activate]
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { ensureDkim, MailcowClient } from '@iteg/mailcow-client'

const { MAILCOW_URL: url = '', MAILCOW_API_KEY: apiKey = '' } = process.env
const [domain = '', selector = '', file = '', command] = process.argv.slice(2)
if (!existsSync(file)) {
  const { privateKey: fresh } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  writeFileSync(file, fresh.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' })
}
const privateKey = readFileSync(file, 'utf8')
const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64')
process.stdout.write(`${selector}._domainkey.${domain}. TXT "v=DKIM1;k=rsa;t=s;s=email;p=${publicKey}"\n`)
if (command === 'activate') {
  await using client = new MailcowClient({ url, apiKey })
  const { outcome } = await ensureDkim(client, { domain, selector, privateKey })
  process.stdout.write(`${domain}: ${outcome}\n`)
}
