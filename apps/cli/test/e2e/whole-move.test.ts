import { readFile, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type {
  CheckReport,
  CopyReport,
  PlanReport,
  ProvisionReport,
  StatusReport,
  SurveyReport,
  VerifyReport,
} from '@iteg/migration'
import { demoInventory, demoMail, startTestbed } from '@iteg/testbed'
import type { DemoMail, Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startApiGate } from './support/api-gate.ts'
import type { ApiGate } from './support/api-gate.ts'
import { expectExit, startCli } from './support/cli.ts'
import type { CliRun } from './support/cli.ts'
import { PlainImap, readMailbox } from './support/imap.ts'
import type { Snapshot } from './support/imap.ts'
import { linesOf } from './support/mail.ts'

vi.setConfig({ testTimeout: 60_000 })

const domain = 'example.at'
const firm = demoInventory.find((each) => each.domain === domain)
const addresses = (firm?.mailboxes ?? []).map(({ address }) => address).toSorted()

let bed: Testbed
let api: ApiGate
let mail: ReadonlyMap<string, DemoMail>
/** Everything that the program printed. */
let printed = ''

beforeAll(async () => {
  bed = await startTestbed({ demo: true })
  // The bed's own configuration, TLS and all; only mailcow is asked through a gate that sees the passwords.
  api = await startApiGate(bed.new.mailcow.url)
  const config = await readFile(bed.config ?? '', 'utf8')
  await writeFile(bed.config ?? '', config.replace(bed.new.mailcow.url, api.url))
  mail = new Map((await demoMail()).map((one) => [one.address, one]))
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
  await bed?.stop()
})

/** The initial passwords as mailcow got them, by address. */
function passwords(): ReadonlyMap<string, string> {
  return new Map(
    api
      .writes()
      .filter(({ route }) => route === 'add/mailbox')
      .map(({ body }) => {
        const sent: { local_part: string; domain: string; password: string } = JSON.parse(body)
        return [`${sent.local_part}@${sent.domain}`, sent.password]
      }),
  )
}

async function run(...args: readonly string[]): Promise<CliRun> {
  const outcome = await startCli(['--config', bed.config ?? '', ...args], { cwd: bed.dir, env: bed.env }).done
  printed += outcome.stdout + outcome.stderr
  return outcome
}

async function json<Document extends { readonly schema: string }>(
  wanted: { readonly code: number; readonly schema: Document['schema'] },
  ...args: readonly string[]
): Promise<Document> {
  const outcome = await run('--json', ...args)
  expectExit(outcome, wanted.code)
  const document: Document = JSON.parse(outcome.stdout)
  expect(document.schema).toBe(wanted.schema)
  return document
}

function newMailbox(address: string): Promise<Snapshot> {
  const { imap, master } = bed.new
  return readMailbox(imap, { user: `${address}*${master.user}`, password: master.password })
}

function messagesIn({ folders }: Snapshot): number {
  return Object.values(folders).reduce((sum, lines) => sum + lines.length, 0)
}

const automatic = ['Archive', 'Drafts', 'INBOX', 'Junk', 'Sent', 'Trash']

/** Where the folders of the demo go, said by hand. */
const targets: Readonly<Record<string, string>> = {
  'Gesendete Objekte': 'Sent',
  'Kunden.Huber': 'Kunden/Huber',
  'Projekte.Zubau 2018': 'Projekte/Zubau 2018',
  'Verträge.Österreich': 'Verträge/Österreich',
  ...Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [`Archiv.${2014 + index}`, `Archiv/${2014 + index}`]),
  ),
  ...Object.fromEntries([2021, 2022, 2023, 2024].map((year) => [`Rechnungen.${year}`, `Rechnungen/${year}`])),
}

/** What a mailbox must hold at the end, from what the test bed put into the old one. */
function expected(address: string): Snapshot {
  const { folders, subscriptions = [] } = mail.get(address) ?? {}
  const wanted: Record<string, string[]> = Object.fromEntries(automatic.map((name) => [name, []]))
  for (const [name, messages] of folders ?? []) {
    const target = targets[name] ?? name
    wanted[target] = [...(wanted[target] ?? []), ...linesOf(messages)].toSorted()
  }
  const subscribed = new Set([
    ...automatic.slice(1),
    'Archive',
    ...subscriptions.map((name) => targets[name] ?? name),
  ])
  subscribed.delete('INBOX')
  if (subscriptions.includes('INBOX')) subscribed.add('INBOX')
  return { folders: wanted, subscribed: [...subscribed].toSorted() }
}

describe('the demo’s firm moves', () => {
  test('check: every line was tried', async () => {
    const { results, ok } = await json<CheckReport>({ code: 0, schema: 'mailmove.check/1' }, 'check')
    expect(ok).toBe(true)
    const tried = Object.fromEntries(results.map(({ subject, status }) => [subject, status]))
    expect(tried).toMatchObject({
      config: 'ok',
      'secrets.key': 'ok',
      'old.inventory': 'ok',
      'old.imap': 'ok',
      'old.imap.master': 'ok',
      'old.smtp': 'ok',
      'new.mailcow': 'ok',
      'new.mailcow.apiKey': 'ok',
      'new.imap': 'ok',
    })
  })

  test('survey: the inventory with sizes, and nothing red', async () => {
    const report = await json<SurveyReport>({ code: 0, schema: 'mailmove.survey/1' }, 'survey', domain)
    expect(report.counts.red).toBe(0)
    const [surveyed] = report.domains
    expect(surveyed?.mailboxes.map(({ address }) => address).toSorted()).toEqual(addresses)
    for (const { address, size } of surveyed?.mailboxes ?? []) {
      const held = [...(mail.get(address)?.folders.values() ?? [])].flat().length
      expect([address, size?.messages]).toEqual([address, held])
    }
    const total = surveyed?.mailboxes.reduce((sum, { size }) => sum + (size?.messages ?? 0), 0)
    expect(surveyed?.totals.messages).toBe(total)
    expect(bed.new.mailcow.state.domains).toEqual([])
  })

  test('plan, and provision --dry-run: the same writes, and none is made', async () => {
    const plan = await json<PlanReport>({ code: 0, schema: 'mailmove.plan/1' }, 'plan', domain)
    expect(plan.blocked).toBe(false)
    const dry = await json<ProvisionReport>(
      { code: 0, schema: 'mailmove.provision/1' },
      '--dry-run',
      'provision',
      domain,
    )
    expect(dry.dryRun).toBe(true)
    expect(dry.domains[0]?.actions.map(({ action }) => action)).toEqual(plan.provision)
    expect(
      bed.new.mailcow.requests.filter(
        ({ method, path: route }) => method === 'POST' && !route.startsWith('edit/domain'),
      ),
    ).toEqual([])
    expect(bed.new.mailcow.state.domains).toEqual([])
  })

  test('provision: mailcow holds the domain, staged', async () => {
    const report = await json<ProvisionReport>(
      { code: 0, schema: 'mailmove.provision/1' },
      'provision',
      domain,
    )
    expect(report.ok).toBe(true)
    expect(report.domains[0]).toMatchObject({ outcome: 'done', remaining: [], blockedBy: [] })
    const { state } = bed.new.mailcow
    expect(state.domains).toHaveLength(1)
    expect(state.domains[0]).toMatchObject({
      domain,
      active: 1,
      backupmx: 1,
      relayAllRecipients: 1,
      relayUnknownOnly: 0,
    })
    expect(state.aliasDomains).toEqual([])
    expect(state.forwardingHosts).toEqual([expect.objectContaining({ host: '127.0.0.1', keepSpam: false })])
    expect(state.transports).toEqual([
      expect.objectContaining({ destination: domain, nexthop: `[127.0.0.1]:${bed.sink.port}`, active: 1 }),
    ])
    expect(state.mailboxes.map(({ username }) => username).toSorted()).toEqual(addresses)
    for (const { username, attributes, active } of state.mailboxes) {
      // Active, the inactive one too, until it is copied.
      expect([username, attributes['force_pw_update'], active]).toEqual([username, '1', 1])
    }
    const aliases = state.aliases.filter(({ address }) => !addresses.includes(address))
    expect(aliases.map(({ address, active }) => `${address} ${active}`).toSorted()).toEqual([
      'alle@example.at 0',
      'bestellung@example.at 0',
      'info@example.at 0',
      'presse@example.at 0',
      'team@example.at 0',
    ])
    expect(aliases.find(({ address }) => address === 'presse@example.at')?.goto).toBe(
      'kontakt@agentur.example',
    )
    expect(
      state.filters
        .map(
          ({ username, scriptData }) => `${username}: ${/redirect (?::copy )?"[^"]*"/.exec(scriptData)?.[0]}`,
        )
        .toSorted(),
    ).toEqual([
      'lager@example.at: redirect :copy "anna@example.at"',
      'office@example.at: redirect :copy "buero@partner.example"',
      'verkauf@example.at: redirect "verkauf@handelsvertretung.example"',
    ])
  })

  test('every mailbox has a password of its own, within the rule that users are told, and it works', async () => {
    expect([...passwords().keys()].toSorted()).toEqual(addresses)
    expect(new Set(passwords().values()).size).toBe(addresses.length)
    for (const [user, password] of passwords()) {
      expect(password.length).toBeGreaterThanOrEqual(16)
      expect(password).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[^\s0O1lI]+$/)
      await using imap = await PlainImap.login(bed.new.imap, { user, password })
      await imap.command('NOOP')
    }
  })

  test('a second provision changes nothing and says so', async () => {
    const before = structuredClone(bed.new.mailcow.state)
    const calls = bed.new.mailcow.requests.length
    const report = await json<ProvisionReport>(
      { code: 0, schema: 'mailmove.provision/1' },
      'provision',
      domain,
    )
    expect(report.domains[0]).toMatchObject({ outcome: 'unchanged', changed: 0, actions: [] })
    expect(bed.new.mailcow.requests.slice(calls).filter(({ method }) => method === 'POST')).toEqual([])
    expect({ ...bed.new.mailcow.state, apiLog: [] }).toEqual({ ...before, apiLog: [] })
    const { stdout } = await run('provision', domain)
    expect(stdout).toMatch(/nothing/i)
  })

  test('copy: every message has its fate, and the sums match', async () => {
    const report = await json<CopyReport>({ code: 0, schema: 'mailmove.copy/1' }, 'copy', domain)
    expect(report.ok).toBe(true)
    const [copied] = report.domains
    expect(copied).toMatchObject({ outcome: 'done', phase: 'mirror' })
    let total = 0
    for (const { mailbox, fates, sourceMessages, folders, failure } of copied?.mailboxes ?? []) {
      const held = [...(mail.get(mailbox)?.folders.values() ?? [])].flat().length
      total += held
      const wanted = { copied: held, alreadyThere: 0, setAside: 0, excluded: 0, vanished: 0 }
      expect({ mailbox, sourceMessages, fates, failure }).toEqual({
        mailbox,
        sourceMessages: held,
        fates: wanted,
        failure: undefined,
      })
      expect(folders.reduce((sum, folder) => sum + folder.messages, 0)).toBe(held)
    }
    expect(copied?.mailboxes.map(({ mailbox }) => mailbox).toSorted()).toEqual(addresses)
    expect(report.totals).toMatchObject({ copied: total, sourceMessages: total })
  })

  test.each(addresses)(
    '%s holds the same messages, folders and subscriptions on the new server',
    async (address) => {
      const found = await newMailbox(address)
      expect(found).toEqual(expected(address))
    },
  )

  test('the old server was only read: the same messages, none read, none gone', async () => {
    const { imap, master } = bed.old
    for (const address of addresses) {
      const login = { user: `${address}*${master.user}`, password: master.password }
      const { folders } = await readMailbox(imap, login)
      for (const [name, messages] of mail.get(address)?.folders ?? [])
        expect([address, name, folders[name === 'INBOX' ? name : `INBOX.${name}`]]).toEqual([
          address,
          name,
          linesOf(messages),
        ])
    }
  })

  test('a second copy changes nothing and says so', async () => {
    const report = await json<CopyReport>({ code: 0, schema: 'mailmove.copy/1' }, 'copy', domain)
    const [copied] = report.domains
    expect(copied?.outcome).toBe('unchanged')
    expect(report.totals).toMatchObject({ copied: 0, bytesCopied: 0 })
    for (const { mailbox, outcome } of copied?.mailboxes ?? [])
      expect([mailbox, outcome]).toEqual([mailbox, 'unchanged'])
    expect(report.totals.alreadyThere).toBe(report.totals.sourceMessages)
    const { stdout } = await run('copy', domain)
    expect(stdout).toContain('nothing to do')
  })

  test('verify: green, and it counted what there is', async () => {
    const report = await json<VerifyReport>({ code: 0, schema: 'mailmove.verify/1' }, 'verify', domain)
    expect(report.ok).toBe(true)
    const [verified] = report.domains
    expect(verified).toMatchObject({ outcome: 'equal', full: true })
    expect(verified?.digest).toMatch(/^[0-9a-f]{64}$/)
    for (const { mailbox, matched, targetMessages, differenceCount } of verified?.mailboxes ?? []) {
      const held = messagesIn(await newMailbox(mailbox))
      expect([mailbox, matched, targetMessages, differenceCount]).toEqual([mailbox, held, held, 0])
    }
  })

  test('status: everything is verified, and the export is next', async () => {
    const report = await json<StatusReport>({ code: 0, schema: 'mailmove.status/1' }, 'status', domain)
    const [status] = report.domains
    expect(status).toMatchObject({ stage: 'copy', openActions: [], blockedBy: [] })
    expect(status?.totals).toMatchObject({ mailboxes: 9, provisioned: 9, copied: 9, verified: 9 })
    expect(status?.next).toBe(`mailmove export ${domain}`)
    for (const { mailbox, state, problem } of status?.mailboxes ?? [])
      expect([mailbox, state, problem]).toEqual([mailbox, 'verified', undefined])
  })

  test('no secret was printed, and none lies in the working folder', async () => {
    const workDir = path.join(bed.dir, 'mailmove-data')
    const files = (await readdir(workDir, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    )
    const stored = await Promise.all(
      files.map((file) => readFile(path.join(file.parentPath, file.name), 'latin1')),
    )
    for (const [name, secret] of [...Object.entries(bed.env), ...passwords()]) {
      expect([name, printed.includes(secret), stored.some((text) => text.includes(secret))]).toEqual([
        name,
        false,
        false,
      ])
    }
  })

  test('a domain that needs decisions stops at the gate, names them, and passes once they are on record', async () => {
    const survey = await json<SurveyReport>(
      { code: 0, schema: 'mailmove.survey/1' },
      'survey',
      'verein.example',
    )
    const red = (survey.domains[0]?.findings ?? []).filter(({ severity }) => severity === 'red')
    expect(red.map(({ code }) => code)).toContain('alias-loop')
    const stopped = await run('provision', 'verein.example')
    expect(stopped.code).toBe(3)
    for (const { code } of red) expect(stopped.stdout + stopped.stderr).toContain(code)
    expect(bed.new.mailcow.state.domains.map((each) => each.domain)).toEqual([domain])
    for (const code of new Set(red.map((finding) => finding.code)))
      expectExit(await run('accept', 'verein.example', code, '--reason', 'asked the chairman'), 0)
    await json<ProvisionReport>({ code: 0, schema: 'mailmove.provision/1' }, 'provision', 'verein.example')
    // The forwarding host belongs to all domains and is there already.
    expect(bed.new.mailcow.state.forwardingHosts).toHaveLength(1)
  })
})
