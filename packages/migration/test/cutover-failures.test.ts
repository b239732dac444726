import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { applySecondary, localRunner, readSecondaryPlan } from '@iteg/old-server'
import { findArrivals, hostNames } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  type Config,
  copy,
  cutover,
  type CutoverDomain,
  domainConfig,
  exportDomains,
  provision,
  survey,
  verify,
} from '../src/index.ts'
import { type MailFlowBed, startMailFlowBed } from './support/mail-flow-bed.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const DOMAINS = ['check', 'broken', 'refused', 'behind', 'ttl', 'theirs', 'manual', 'probe', 'changed'].map(
  (name) => `${name}.example`,
)
const [
  CHECK = '',
  BROKEN = '',
  REFUSED = '',
  BEHIND = '',
  TTL = '',
  THEIRS = '',
  MANUAL = '',
  PROBE = '',
  CHANGED = '',
] = DOMAINS

const inventory = {
  domains: DOMAINS.map((domain) => ({
    domain,
    mailboxes: [{ address: `anna@${domain}`, name: 'Anna' }],
    aliases: [{ address: `info@${domain}`, targets: [`anna@${domain}`] }],
  })),
}

let bed: MailFlowBed
beforeAll(async () => {
  bed = await startMailFlowBed(inventory)
  await using migration = await bed.open()
  await survey(migration, DOMAINS)
  await provision(migration, DOMAINS)
  await copy(migration, DOMAINS)
  await verify(migration, DOMAINS)
  await exportDomains(migration, DOMAINS)
})
afterAll(async () => {
  await bed[Symbol.asyncDispose]()
})

type Options = Parameters<typeof cutover>[2]

interface Setting {
  readonly change?: (config: Config) => Config
  readonly now?: () => Date
}

async function once(domain: string, setting: Setting = {}, options: Options = {}): Promise<CutoverDomain> {
  await using migration = await bed.open(setting)
  const report = await cutover(migration, [domain], { unwarned: true, ...options })
  const [found] = report.domains
  if (found === undefined) throw new Error('no report')
  return found
}

/** The lowered TTL was a second: it is waited for. */
async function past(domain: string, setting: Setting = {}, options: Options = {}): Promise<CutoverDomain> {
  return vi.waitFor(
    async () => {
      const found = await once(domain, setting, options)
      expect(found.steps.at(-1)?.step).not.toBe('dns-prepare')
      return found
    },
    { timeout: 60_000, interval: 500 },
  )
}

const stepOf = (found: CutoverDomain, name: string): CutoverDomain['steps'][number] | undefined =>
  found.steps.find(({ step }) => step === name)

const FILES = [
  'vdomains',
  'vmailboxes',
  'valiases',
  'aliasdomains',
  'relay_domains',
  'relay_recipients',
  'transport',
  'main.cf',
]

/** The old server's files that say what is so for a domain. */
async function linesAbout(domain: string): Promise<readonly string[]> {
  const lines: string[] = []
  for (const name of FILES)
    for (const line of (
      await readFile(path.join(bed.testbed.old.postfix.configDirectory, name), 'utf8')
    ).split('\n'))
      if (line.includes(domain)) lines.push(`${name}: ${line}`)
  return lines.toSorted()
}

const withOld =
  (old: Partial<Config['old']>) =>
  (config: Config): Config => ({
    ...config,
    old: { ...config.old, ...old },
  })

/** Where one message ends that somebody outside sends. */
async function endOf(to: string): Promise<readonly string[]> {
  const token = `${Date.now()}${Math.random()}`
  await bed.testbed.outside.send({ to, raw: `To: ${to}\r\nSubject: x\r\nX-Token: ${token}\r\n\r\nx\r\n` })
  await bed.testbed.settled()
  const arrivals = await findArrivals(bed.testbed, 'X-Token')
  return arrivals.filter(({ value }) => value === token).map(({ at, address }) => `${at} ${address}`)
}

describe('the old server', () => {
  it('whose configuration Postfix refuses has everything back, and is changed by the next run', async () => {
    const folder = path.join(bed.folder, 'refusing')
    await mkdir(folder)
    const real = path.join(bed.testbed.commands, 'postfix')
    const script = path.join(folder, 'postfix')
    await writeFile(
      script,
      `#!/bin/sh\ncase "$*" in *check*) echo 'fatal: it is Monday' >&2; exit 1; esac\nexec ${real} "$@"\n`,
    )
    await chmod(script, 0o755)
    // The runner looks for the other commands where it always does.
    for (const name of ['postconf', 'postmap', 'postqueue'])
      await writeFile(
        path.join(folder, name),
        `#!/bin/sh\nexec ${path.join(bed.testbed.commands, name)} "$@"\n`,
        { mode: 0o755 },
      )
    const before = await linesAbout(CHECK)
    const found = await past(CHECK, { change: withOld({ commands: folder }) })
    expect(found).toMatchObject({ outcome: 'failed', final: 'both' })
    expect(stepOf(found, 'old-relays')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('it is Monday'),
    })
    expect(await linesAbout(CHECK)).toEqual(before)
    expect(await endOf(`info@${CHECK}`)).toEqual([`old anna@${CHECK}`])
    expect(await once(CHECK)).toMatchObject({ outcome: 'done', final: 'mailcow' })
    expect(await endOf(`info@${CHECK}`)).toEqual([`new anna@${CHECK}`])
  })

  it('that hands on to nobody loses nothing: the probe message does not arrive, and all is put back', async () => {
    const before = await linesAbout(PROBE)
    const { directory } = relayOf(bed.config)
    const relay = {
      kind: 'postfix' as const,
      directory,
      nextHop: `[${bed.testbed.new.postfix.smtp.host}]:26`,
    }
    const found = await past(PROBE, { change: withOld({ relay }) }, { probeTimeoutMs: 2000 })
    expect(stepOf(found, 'old-accepts')).toMatchObject({
      outcome: 'waiting',
      message: expect.stringMatching(/probe message.*put back/s),
    })
    expect(found.final).toBe('both')
    expect(await linesAbout(PROBE)).toEqual(before)
    expect(await endOf(`info@${PROBE}`)).toEqual([`old anna@${PROBE}`])
    const again = await once(PROBE)
    expect(again).toMatchObject({ outcome: 'done', final: 'mailcow' })
    expect(stepOf(again, 'old-accepts')?.message).toContain('a probe message went through it')
    const names = bed.testbed.new.mailcow.state.mailboxes.map(({ username }) => username)
    expect(names.filter((name) => name.includes('probe-'))).toEqual([])
    // Into no mailbox of a user, on neither side.
    const subjects = await findArrivals(bed.testbed, 'Subject')
    expect(subjects.filter(({ value }) => value === 'mailmove')).toEqual([])
  })

  it('is not written to when somebody changed a file meanwhile', async () => {
    const { directory, nextHop } = relayOf(bed.config)
    const runner = localRunner({ path: [bed.testbed.commands] })
    const wanted = { domain: CHANGED, aliasDomains: [], recipients: [`anna@${CHANGED}`], nextHop }
    const plan = await readSecondaryPlan(runner, directory, wanted)
    const file = path.join(directory, 'valiases')
    await writeFile(file, `${await readFile(file, 'utf8')}# by hand\n`)
    const before = await linesAbout(CHANGED)
    await expect(applySecondary(runner, plan)).rejects.toMatchObject({ code: 'postfix_refuses' })
    expect(await linesAbout(CHANGED)).toEqual(before)
    expect(await applySecondary(runner, await readSecondaryPlan(runner, directory, wanted))).toBe(true)
    expect(await applySecondary(runner, await readSecondaryPlan(runner, directory, wanted))).toBe(false)
    expect(await readFile(file, 'utf8')).toContain('# by hand\n')
  })

  it('that is changed by hand is told what to do, waited for, and asked', async () => {
    const { directory, nextHop } = relayOf(bed.config)
    const change = withOld({ relay: { kind: 'manual', nextHop } })
    const found = await past(MANUAL, { change })
    expect(found.outcome).toBe('waiting')
    const step = stepOf(found, 'old-relays')
    expect(step?.outcome).toBe('waiting')
    const list = step?.lines?.find((line) => line.startsWith('accept these recipients only: '))
    const recipients = list?.slice('accept these recipients only: '.length).split(' ') ?? []
    const runner = localRunner({ path: [bed.testbed.commands] })
    const wanted = { domain: MANUAL, aliasDomains: [], recipients, nextHop }
    await applySecondary(runner, await readSecondaryPlan(runner, directory, wanted))
    expect(await once(MANUAL, { change })).toMatchObject({ outcome: 'done', final: 'mailcow' })
  })
})

function relayOf({ old }: Config): { readonly directory: string; readonly nextHop: string } {
  if (old.relay?.kind !== 'postfix') throw new Error('the bed has no Postfix')
  return old.relay
}

it('mailcow that fails in the middle stops it; it goes on from there', async () => {
  await past(BROKEN, {}, { dryRun: true })
  const fault = bed.testbed.new.mailcow.fail({ kind: 'html502', route: 'edit/domain', times: 50 })
  const found = await past(BROKEN)
  expect(stepOf(found, 'mailcow-final')?.outcome).toBe('failed')
  expect(found).toMatchObject({ outcome: 'failed', final: 'old' })
  expect(await endOf(`info@${BROKEN}`)).toEqual([`old anna@${BROKEN}`])
  fault.release()
  expect(await once(BROKEN)).toMatchObject({ outcome: 'done', final: 'mailcow' })
})

const withoutKey = (config: Config): Config => ({
  ...config,
  dns:
    config.dns.kind === 'rfc2136'
      ? { ...config.dns, key: { ...config.dns.key, name: 'nobody' } }
      : config.dns,
})

describe('the DNS', () => {
  it('that refuses the key changes nothing', async () => {
    const found = await once(REFUSED, { change: withoutKey })
    expect(found).toMatchObject({ outcome: 'failed', final: 'old' })
    expect(found.steps).toMatchObject([
      { step: 'dns-prepare', outcome: 'failed', message: expect.stringContaining('DNS') },
    ])
    expect(await past(REFUSED)).toMatchObject({ outcome: 'done' })
  })

  it('is waited for as long as its old TTL says, and the time is named', async () => {
    await bed.testbed.dns.update(TTL, [
      `update delete ${TTL}. MX`,
      `update add ${TTL}. 3600 MX 10 ${hostNames.oldServer}.`,
    ])
    await bed.testbed.dns.followed()
    const found = await once(TTL)
    expect(found).toMatchObject({ outcome: 'waiting', final: 'old' })
    const until = new Date(found.steps.at(-1)?.until ?? 0).getTime()
    expect(until).toBeGreaterThan(Date.now() + 3500_000)
    expect(until).toBeLessThanOrEqual(Date.now() + 3600_000)
    expect(await once(TTL)).toMatchObject({ outcome: 'waiting', steps: [{ step: 'dns-prepare' }] })
    const later = await once(TTL, { now: () => new Date(until + 1000) })
    expect(later).toMatchObject({ outcome: 'done' })
  })

  it('whose second server hangs back is named, and the cut-over ends once it has followed', async () => {
    await bed.testbed.dns.followed()
    await vi.waitFor(
      async () =>
        expect(stepOf(await once(BEHIND, {}, { prepare: true }), 'dns-prepare')?.outcome).toBe('unchanged'),
      {
        timeout: 30_000,
        interval: 500,
      },
    )
    await bed.testbed.dns.followed()
    await bed.testbed.dns.secondary.holdBack()
    const found = await once(BEHIND, {}, { dnsTimeoutMs: 500 })
    await bed.testbed.dns.secondary.catchUp()
    expect(found).toMatchObject({ outcome: 'mx-pending', final: 'mailcow' })
    expect(stepOf(found, 'mx-seen')?.message).toContain(bed.testbed.dns.secondary.host)
    expect(await once(BEHIND)).toMatchObject({ outcome: 'done' })
  })

  it('of somebody else is told what to change, and waited for', async () => {
    const change = (config: Config): Config => ({
      ...config,
      domains: new Map([
        ...config.domains,
        [THEIRS, { ...domainConfig(config, THEIRS), dns: 'theirs' as const }],
      ]),
    })
    const found = await past(THEIRS, { change })
    expect(found).toMatchObject({ outcome: 'mx-pending', final: 'mailcow' })
    const lines = stepOf(found, 'mx')?.lines ?? []
    expect(lines.filter((line) => line.startsWith('+') && line.includes(' MX '))).toEqual([
      expect.stringContaining(hostNames.newServer),
    ])
    expect(await endOf(`info@${THEIRS}`)).toEqual([`new anna@${THEIRS}`])
    const updates = lines
      .filter((line) => /^[+-] /.test(line))
      .map((line) => `update ${line.startsWith('+') ? 'add' : 'delete'} ${line.slice(2)}`)
    await bed.testbed.dns.update(THEIRS, updates)
    await bed.testbed.dns.followed()
    expect(await once(THEIRS, { change })).toMatchObject({ outcome: 'done' })
  })
})
