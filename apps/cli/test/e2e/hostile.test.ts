import type { CopyReport, SurveyReport } from '@iteg/migration'
import { startTestbed } from '@iteg/testbed'
import type { SampleMessage, Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startByteGate } from './support/byte-gate.ts'
import { expectExit, flat } from './support/cli.ts'
import { PlainImap } from './support/imap.ts'
import { linesOf, messages } from './support/mail.ts'
import { makeWorld } from './support/world.ts'
import type { World } from './support/world.ts'

vi.setConfig({ testTimeout: 120_000 })

let bed: Testbed
beforeAll(async () => {
  // By default Dovecot lets nobody in whose name holds more than letters, digits and a few others.
  const anyName = 'auth_username_chars =\n'
  bed = await startTestbed({ oldSettings: anyName, newSettings: anyName })
})
afterAll(() => bed?.stop())

/** A message that is nothing but commands, also when the server begins to read in the middle of it. */
function attack(marker: string): SampleMessage {
  const commands = [
    'a DELETE "Kanarienvogel"',
    'b CREATE "Gekapert"',
    'c RENAME "Kanarienvogel" "Gekapert2"',
    'd SELECT "Kanarienvogel"',
    String.raw`e STORE 1:* +FLAGS (\Deleted)`,
    'f EXPUNGE',
  ]
  const raw = [...commands, 'Subject: commands', '', ...commands].map((line) => `${line}\r\n`).join('')
  return {
    raw: Buffer.from(raw),
    receivedAt: new Date(marker === 'Calendar' ? '2018-03-04T05:06:07Z' : '2018-05-06T07:08:09Z'),
    flags: [marker],
  }
}

function masterOf(world: World, owner: string): { readonly user: string; readonly password: string } {
  const { user, password } = bed.new.master
  return { user: `${world.address(owner)}*${user}`, password }
}

describe('a message that is made of IMAP commands', () => {
  // What a broken or hostile old server says of flags and dates, each enough to make APPEND fail while it is parsed.
  const disguises: Readonly<Record<string, (text: string) => string>> = {
    UnknownSystem: (text) => text.replaceAll('UnknownSystem', String.raw`\Hack`),
    Newcomer: (text) => text.replaceAll('Newcomer', String.raw`\Recent`),
    Asterisk: (text) => text.replaceAll('Asterisk', String.raw`\*`),
    Quote: (text) => text.replaceAll('Quote', 'a"b'),
    Percent: (text) => text.replaceAll('Percent', 'a%b*c]d'),
    Literal: (text) => text.replaceAll('Literal', '{9999+}x'),
    EightBit: (text) => text.replaceAll('EightBit', 'gr\u00F6\u00DFe'),
    Long: (text) => text.replaceAll('Long', 'x'.repeat(9000)),
    Calendar: (text) => text.replaceAll('"04-Mar-2018 05:06:07 +0000"', '"99-Foo-0000 99:99:99 +9999"'),
  }

  test('is dangerous: this server does run the body of an APPEND that fails', async () => {
    await bed.addNewMailbox('opfer@attacked.example')
    const login = { user: `opfer@attacked.example*${bed.new.master.user}`, password: bed.new.master.password }
    await using imap = await PlainImap.login(bed.new.imap, login)
    await imap.command('CREATE "Kanarienvogel"')
    const body = attack('x').raw.toString('latin1')
    const bytes = `z1 APPEND "INBOX" (\\Hack) {${body.length}+}\r\n${body}\r\nz2 NOOP\r\n`
    expect((await imap.raw(bytes, 'z2')).join('\n')).toMatch(/^a OK/m)
    const folders = (await imap.command('LIST "" "*"')).map(({ text }) => text).join('\n')
    expect(folders).toContain('Gekapert')
    expect(folders).not.toContain('"Kanarienvogel"')
  })

  test('cannot become commands, whatever the old server says of its flags and date', async () => {
    const inboxes = Object.fromEntries(
      Object.keys(disguises).map((name) => [name.toLowerCase(), messages('Post', 3)]),
    )
    await using world = await makeWorld(bed, {
      domain: 'attack.example',
      mailboxes: Object.fromEntries(
        Object.keys(disguises).map((name) => [
          name.toLowerCase(),
          { folders: { INBOX: [...(inboxes[name.toLowerCase()] ?? []), attack(name)] } },
        ]),
      ),
    })
    const disguise = (text: string): string =>
      Object.values(disguises).reduce((changed, change) => change(changed), text)
    await using hostile = await startByteGate(world.oldProxy, { disguise })
    await world.configure({ old: { imap: { host: hostile.host, port: hostile.port } } })
    await world.provisioned()
    for (const owner of Object.keys(inboxes)) {
      await using imap = await PlainImap.login(bed.new.imap, masterOf(world, owner))
      await imap.command('CREATE "Kanarienvogel"')
      for (const { raw } of messages('Kanarienvogel', 2))
        await imap.raw(`z APPEND "Kanarienvogel" {${raw.length}+}\r\n${raw.toString('latin1')}\r\n`, 'z')
    }
    const { document, ...run } = await world.json<CopyReport>('copy', world.domain)
    // One of them talks no IMAP any more: that mailbox fails and says whose fault it is. The others do not suffer.
    expectExit(run, 1)
    const reports = document.domains[0]?.mailboxes ?? []
    for (const [owner, inbox] of Object.entries(inboxes)) {
      const { folders } = await world.newMailbox(owner)
      const wanted = ['Archive', 'Drafts', 'INBOX', 'Junk', 'Kanarienvogel', 'Sent', 'Trash']
      expect([owner, Object.keys(folders).toSorted()]).toEqual([owner, wanted])
      expect(folders['Kanarienvogel']).toHaveLength(2)
      const report = reports.find(({ mailbox }) => mailbox === world.address(owner))
      const { copied = 0, setAside = 0 } = report?.fates ?? {}
      const failed = owner === 'quote'
      expect([owner, report?.outcome, copied + setAside]).toEqual([
        owner,
        failed ? 'failed' : 'done',
        failed ? 0 : 4,
      ])
      // The message itself is there, or it is set aside and named; every other one is there.
      expect([owner, folders['INBOX']?.length]).toEqual([owner, copied])
      const there = failed ? [] : linesOf(inbox)
      expect(folders['INBOX']).toEqual(expect.arrayContaining(there))
    }
    const nonsense = reports.find(({ mailbox }) => mailbox.startsWith('quote@'))
    expect(nonsense?.failure?.code).toBe('old-protocol')
    expect(nonsense?.failure?.message).toContain('old server')
    expect(nonsense?.failure?.remedy).not.toBe('')
  })
})

describe('names that mean harm', () => {
  const odd = {
    quotes: 'sagt "hallo"',
    backslash: String.raw`a\b`,
    wildcards: 'alles * und %',
    escape: 'rot\u001B[31m und \u0007Glocke',
    lineBreak: 'erste\r\na1 DELETE INBOX',
    bidi: 'rechnung\u202Efdp.exe',
    literal: '{10+}',
    ampersand: 'Meier & Söhne &-',
    tilde: 'root~',
    nil: 'NIL',
    parenthesis: ') (',
    long: 'x'.repeat(200),
    emoji: '👩‍👩‍👧',
  }

  test('of folders: every one arrives, nothing is printed that steers a terminal, the second run is quiet', async () => {
    const mail = Object.fromEntries(Object.entries(odd).map(([key, name]) => [name, messages(key, 1)]))
    await using world = await makeWorld(bed, {
      domain: 'oddfolders.example',
      mailboxes: { anna: { folders: mail } },
    })
    const survey = await world.json<SurveyReport>('survey', world.domain)
    expectExit(survey, 0)
    const map = survey.document.domains[0]?.mailboxes[0]?.folders ?? []
    const shown = await world.run('survey', world.domain)
    expectExit(await world.run('provision', world.domain), 0)
    const copy = await world.run('copy', world.domain)
    expectExit(copy, 0)
    for (const text of [shown.stdout, shown.stderr, copy.stdout, copy.stderr])
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u)
    const { folders } = await world.newMailbox('anna')
    for (const [key, name] of Object.entries(odd)) {
      const held = mail[name] ?? []
      const target = map.find(({ source }) => source === `INBOX.${name}`)?.target ?? undefined
      expect([key, target === undefined ? undefined : folders[target]]).toEqual([key, linesOf(held)])
    }
    expectExit(await world.run('verify', world.domain), 0)
    const again = await world.json<CopyReport>('copy', world.domain)
    expect(again.document.domains[0]?.outcome).toBe('unchanged')
  })

  test('of a folder that the old server lists and then refuses to open: named with its reason, the others are there', async () => {
    const mail = { INBOX: messages('Post', 2), '~root': messages('Tilde', 1) }
    await using world = await makeWorld(bed, {
      domain: 'tilde.example',
      mailboxes: { anna: { folders: mail } },
    })
    await world.provisioned()
    const { document, ...run } = await world.json<CopyReport>('copy', world.domain)
    expectExit(run, 1)
    const failure = document.domains[0]?.mailboxes[0]?.failure
    expect(failure?.message).toContain('INBOX.~root')
    expect(failure?.message).toContain("Begins with '~'")
    expect(failure?.message).not.toMatch(/\d secs/)
    expect((await world.newMailbox('anna')).folders['INBOX']).toEqual(linesOf(mail.INBOX))
  })

  test('of mailboxes and people: taken over as they are, or named and left out', async () => {
    const inbox = messages('Post', 2)
    await using world = await makeWorld(bed, {
      domain: 'oddnames.example',
      mailboxes: {
        "o'brien": { name: `Pat O'Brien "<script>alert(1)</script>`, folders: { INBOX: inbox } },
        'a&b=c': { name: 'A & B = C', folders: { INBOX: inbox } },
        'karl+gruber': { name: '=?UTF-8?Q?Karl?= \u202Ereburg', folders: { INBOX: inbox } },
        '100%': { name: '%s%n%00', folders: { INBOX: inbox } },
      },
    })
    const survey = await world.run('survey', world.domain)
    expectExit(survey, 0)
    expect((survey.stdout + survey.stderr).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    const provision = await world.run('provision', world.domain)
    expectExit(provision, 0)
    expect((provision.stdout + provision.stderr).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    expectExit(await world.run('copy', world.domain), 0)
    for (const owner of ["o'brien", 'a&b=c', 'karl+gruber', '100%'])
      expect([owner, (await world.newMailbox(owner)).folders['INBOX']]).toEqual([owner, linesOf(inbox)])
    expectExit(await world.run('verify', world.domain), 0)
  })

  test('of people with control characters: the inventory is refused, with its line and column', async () => {
    await using world = await makeWorld(bed, {
      domain: 'oddpeople.example',
      mailboxes: { karl: { name: '\u001B[2J\u001B]0;gekapert\u0007Karl' } },
    })
    const { code, stdout, stderr } = await world.run('survey', world.domain)
    expect(code).toBe(2)
    expect(flat(stderr)).toMatch(/inventory\.yaml:\d+:\d+: .*control characters.*→ Repair/)
    expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  })

  test('of domains on the command line: refused, not looked for', async () => {
    await using world = await makeWorld(bed, { domain: 'argument.example', mailboxes: { anna: {} } })
    for (const name of ['../../etc', '\u001B[2J', 'argument.example '.repeat(40)]) {
      const { code, stderr } = await world.run('survey', '--', name)
      expect([name, code]).toEqual([name, 2])
      expect(stderr.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    }
    expect(world.api.calls).toEqual([])
  })
})
