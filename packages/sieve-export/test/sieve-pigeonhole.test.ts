import { readFile } from 'node:fs/promises'
import { deliver, type Dovecot, startTestbed, type Testbed } from '@iteg/testbed'
import { sample } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  check,
  connectManageSieve,
  folderNames,
  isManageSieveError,
  type ManageSieveClient,
  masterLogin,
  type RewriteOptions,
  rewriteForMailcow,
} from '../src/index.ts'
import { grammaticalScript, tornScript } from './sieve-arbitrary.ts'
import { fixtures, oldExtensions, recordedServers } from './sieve-fixtures.ts'

const anna = 'anna@example.at'
const options = {
  ...folderNames([
    { source: 'INBOX.Foo', target: 'Foo' },
    { source: 'INBOX.Projekte', target: 'Projekte' },
    { source: 'INBOX.Projekte.Größe', target: 'Projekte/Größe' },
    { source: 'INBOX.Spam', target: 'Junk' },
  ]),
  oldNamespace: { prefix: 'INBOX.', separator: '.' },
} satisfies RewriteOptions

let bed: Testbed
let ca: string
beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
  ca = await readFile(bed.caFile, 'utf8')
  await bed.addOldMailbox(anna)
  await bed.addNewMailbox(anna)
})
afterAll(() => bed.stop())

function connect(side: Dovecot): Promise<ManageSieveClient> {
  return connectManageSieve(
    { ...side.sieve, tls: 'starttls', tlsOptions: { ca } },
    masterLogin(anna, side.master),
  )
}

/** Whether the server takes it. */
async function verdict(client: ManageSieveClient, script: Uint8Array): Promise<boolean> {
  try {
    await client.checkScript(script)
    return true
  } catch (error) {
    if (isManageSieveError(error) && error.code === 'script') return false
    throw error
  }
}

/** Scripts about which the server and `check` do not agree. */
async function disagreements(
  side: 'old' | 'new',
  scripts: Iterable<Uint8Array>,
): Promise<readonly { readonly accepted: boolean; readonly script: string }[]> {
  await using client = await connect(bed[side])
  const found: { accepted: boolean; script: string }[] = []
  for (const script of scripts) {
    const accepted = await verdict(client, script)
    if (accepted !== check(script, recordedServers[side]).ok)
      found.push({ accepted, script: Buffer.from(script).toString('latin1') })
  }
  return found
}

describe('a real server', () => {
  it.each(['old', 'new'] as const)('offers what we think it does (%s)', async (side) => {
    await using client = await connect(bed[side])
    const { extensions } = recordedServers[side]
    expect(new Set(client.capabilities.extensions)).toEqual(new Set(extensions))
  })

  it.each(['old', 'new'] as const)('says of all fixtures what we say (%s)', async (side) => {
    expect(
      await disagreements(
        side,
        fixtures.map(({ script }) => script),
      ),
    ).toEqual([])
  })

  it.each(['old', 'new'] as const)('says of other scripts what we say (%s)', async (side) => {
    const scripts = [
      ...sample(grammaticalScript, { numRuns: 400, seed: 20_260_727 }),
      ...sample(tornScript, { numRuns: 400, seed: 20_260_727 }),
    ]
    expect(await disagreements(side, scripts)).toEqual([])
  })

  it.each(['report', 'disable'] as const)(
    'takes what was rewritten, where we say so (%s)',
    async (unsupported) => {
      await using client = await connect(bed.new)
      const scripts = [
        ...fixtures.map(({ script }) => script),
        ...sample(grammaticalScript, { numRuns: 200, seed: 20_260_728 }),
      ]
      const results = scripts.map((script) => rewriteForMailcow(script, { ...options, unsupported }))
      for (const { script, accepted } of results) {
        expect(await verdict(client, script)).toBe(accepted)
        if (accepted) await client.putScript('rewritten', script)
      }
      const stored = results.findLast(({ accepted }) => accepted)
      expect(Buffer.from(await client.getScript('rewritten')).equals(stored?.script ?? Buffer.of())).toBe(
        true,
      )
    },
  )
})

const subjects = ['foo', 'größe', 'spam', 'rest']

/** Subjects of the messages in a folder. */
async function subjectsIn(side: Dovecot, folder: string): Promise<readonly string[]> {
  const output = await side.doveadm('-f', 'tab', 'fetch', '-u', anna, 'hdr.x-test', 'mailbox', folder)
  return output.trim().split('\n').slice(1).toSorted()
}

async function deliverAll(side: Dovecot): Promise<void> {
  for (const subject of subjects)
    await deliver(side.lmtp, {
      to: anna,
      raw: Buffer.from(
        `From: "Ünï, x" <sender@outside.example>\r\nTo: ${anna}\r\nSubject: ${subject} 50% & mehr\r\nX-Test: ${subject}\r\n\r\nText\r\n`,
      ),
    })
}

async function activate(side: Dovecot, script: Uint8Array): Promise<void> {
  await using client = await connect(side)
  await client.putScript('script', script)
  await client.setActive('script')
}

describe('mail', () => {
  it('goes to the same folders, and the same notifications go out', async () => {
    const script = Buffer.from(`require ["fileinto", "imapflags", "notify"];
# rule:[INBOX.Foo]
if header :contains "X-Test" "foo" { fileinto "INBOX.Foo"; }
elsif header :contains "X-Test" "größe" { fileinto "INBOX.Projekte.Größe"; addflag "\\\\Seen"; }
elsif header :contains "X-Test" "spam" { fileinto "INBOX.Spam"; stop; }
notify :options ["a@b.example", "c@d.example"] :message "Betreff $subject$ von $from$ (100%)";
`)
    const result = rewriteForMailcow(script, options)
    expect(result).toMatchObject({ accepted: true, findings: [] })
    expect(check(script, { extensions: oldExtensions }).ok).toBe(true)
    for (const folder of ['INBOX.Foo', 'INBOX.Projekte.Größe', 'INBOX.Spam'])
      await bed.old.doveadm('mailbox', 'create', '-u', anna, folder)
    for (const folder of ['Foo', 'Projekte/Größe', 'Junk'])
      await bed.new.doveadm('mailbox', 'create', '-u', anna, folder).catch(() => {})
    await activate(bed.old, script)
    await activate(bed.new, result.script)

    const sent: unknown[] = []
    for (const side of [bed.old, bed.new]) {
      bed.sink.clear()
      await deliverAll(side)
      sent.push(bed.sink.messages().map(({ to, raw }) => ({ to: to.toSorted(), ...subjectAndBody(raw) })))
    }
    for (const [source, target] of [
      ['INBOX.Foo', 'Foo'],
      ['INBOX.Projekte.Größe', 'Projekte/Größe'],
      ['INBOX.Spam', 'Junk'],
      ['INBOX', 'INBOX'],
    ] as const)
      expect(await subjectsIn(bed.new, target)).toEqual(await subjectsIn(bed.old, source))
    expect(await subjectsIn(bed.new, 'Projekte/Größe')).toEqual(['größe'])
    expect(sent[1]).toEqual(sent[0])
    expect(sent[0]).toHaveLength(3)
  })
})

function subjectAndBody(raw: Buffer): { readonly subject: string | undefined; readonly body: string } {
  const [head = '', ...rest] = raw.toString().split('\r\n\r\n')
  return { subject: /^Subject: (.*)$/m.exec(head)?.[1], body: rest.join('\r\n\r\n').trim() }
}
