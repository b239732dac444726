import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { accept, type Config, domainConfig, plan, provision, Secret, survey } from '../src/index.ts'
import { parsePrivateKey } from '../src/config/secret-references.ts'
import { planProvision } from '../src/stages/planning/planner.ts'
import { planDkim } from '../src/stages/planning/dkim.ts'
import { PlanContext } from '../src/stages/planning/context.ts'
import { type Bed, startBed } from './support/bed.ts'
import { emptyState } from './planner-model.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const publicKey = createPublicKey(pem).export({ type: 'spki', format: 'der' }).toString('base64')
const wanted = { selector: 'mail2024', publicKey }

const domains = ['new.example', 'plain.example', 'there.example']
let bed: Bed

beforeAll(async () => {
  bed = await startBed({
    domains: domains.map((domain) => ({ domain, mailboxes: [{ address: `anna@${domain}` }] })),
  })
})
afterAll(() => bed[Symbol.asyncDispose]())

/** The key of the old server for one domain. */
const withKey =
  (domain: string) =>
  (config: Config): Config => ({
    ...config,
    domains: new Map([
      ...config.domains,
      [
        domain,
        {
          ...domainConfig(config, domain),
          dkim: { selector: wanted.selector, privateKey: new Secret('file:key.pem', () => pem) },
        },
      ],
    ]),
  })

function keyOf(domain: string): { readonly selector: string; readonly isOurs: boolean } | undefined {
  const row = bed.testbed.new.mailcow.state.dkim.find((entry) => entry.domain === domain)
  return row === undefined
    ? undefined
    : { selector: row.selector, isOurs: row.privateKey?.trim() === pem.trim() }
}

it('takes the key of the old server over, and shows nothing of its private half', async () => {
  await using opened = await bed.migration({ change: withKey('new.example') })
  const { migration } = opened
  await survey(migration, ['new.example'])
  const planned = await plan(migration, 'new.example')
  expect(planned.provision).toContainEqual({ kind: 'import-dkim', item: 'new.example', ...wanted })
  const report = await provision(migration, ['new.example'])
  expect(report).toMatchObject({ ok: true, domains: [{ outcome: 'done', remaining: [] }] })
  expect(keyOf('new.example')).toEqual({ selector: 'mail2024', isOurs: true })
  expect(await provision(migration, ['new.example'])).toMatchObject({ domains: [{ outcome: 'unchanged' }] })
  const ledger = await migration.ledger('write')
  const all = JSON.stringify([planned, report, await ledger.writes.list('new.example'), opened.events])
  const secretPart = pem.split('\n')[3] ?? ''
  expect(secretPart.length).toBeGreaterThan(40)
  expect(all).not.toContain(secretPart)
})

it('takes RSA keys of a file only, and repeats nothing of what it refuses', () => {
  const directory = mkdtempSync(join(tmpdir(), 'mailmove-dkim-'))
  const warnings: string[] = []
  const context = { env: {}, directory, mode: 'now', warn: (text: string) => warnings.push(text) } as const
  const write = (name: string, content: string, mode = 0o600) => {
    writeFileSync(join(directory, name), content, { mode })
    return `file:${name}`
  }
  const curve = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const small = generateKeyPairSync('rsa', { modulusLength: 512 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString()
  const locked = privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString()
  const good = parsePrivateKey(write('good.pem', pem, 0o644), context)
  expect('value' in good && good.value.reveal()).toBe(pem)
  expect(JSON.stringify(good)).not.toContain('PRIVATE')
  expect(warnings).toEqual([expect.stringContaining('can be read by other users')])
  for (const bad of [
    pem,
    write('curve.pem', curve),
    write('small.pem', small),
    write('locked.pem', locked),
    write('text.pem', 'geheim'),
    'file:missing.pem',
    'file:.',
  ]) {
    const refused = parsePrivateKey(bad, context)
    expect(refused).toHaveProperty('problem')
    expect(JSON.stringify(refused)).not.toMatch(/PRIVATE KEY|geheim/)
  }
  rmSync(directory, { recursive: true })
})

it("leaves mailcow's own key where the configuration names none", async () => {
  await using opened = await bed.migration()
  await survey(opened.migration, ['plain.example'])
  expect(await provision(opened.migration, ['plain.example'])).toMatchObject({ ok: true })
  expect(keyOf('plain.example')).toEqual({ selector: 'dkim', isOurs: false })
})

it('replaces the key of a domain that is not ours only when somebody accepts that', async () => {
  await using opened = await bed.migration({ change: withKey('there.example') })
  const { migration } = opened
  const api = await migration.mailcow()
  await api.domains.add({ domain: 'there.example' })
  await survey(migration, ['there.example'])
  const domain = 'there.example'
  const allow = (code: string): Promise<unknown> => accept(migration, { domain, code, reason: 'we asked' })
  await allow('domain-exists')
  await survey(migration, [domain])
  await expect(provision(migration, [domain])).rejects.toMatchObject({
    code: 'gate',
    findings: [expect.objectContaining({ code: 'dkim-exists', severity: 'red' })],
  })
  expect(keyOf(domain)).toEqual({ selector: 'dkim', isOurs: false })
  await allow('dkim-exists')
  expect(await provision(migration, [domain])).toMatchObject({ ok: true })
  expect(keyOf(domain)).toEqual({ selector: 'mail2024', isOurs: true })
})

it('never replaces a key that signs, also in a domain of ours: somebody may have made a newer one', () => {
  const { mailcow } = emptyState()
  const desired = {
    domain: 'ours.example',
    description: '',
    forwardingHosts: [],
    nexthop: '[old.example]:25',
    defaultMailboxQuotaBytes: 1024 ** 3,
    mailboxes: [],
    aliases: [],
    forwards: [],
    dkim: wanted,
  }
  const state = { ...mailcow, dkim: { selector: 'newer', publicKey: 'other' } }
  const ours = { of: (kind: string) => (kind === 'dkim' ? ('foreign' as const) : ('made' as const)) }
  const planned = (flow: 'staged' | 'final') => {
    const context = new PlanContext(desired, state, ours, flow)
    planDkim(context)
    const { actions, conflicts } = context.result()
    return [actions.map((action) => action.kind), conflicts.map((conflict) => conflict.kind)]
  }
  expect(planned('staged')).toEqual([['import-dkim'], []])
  expect(planned('final')).toEqual([[], ['dkim-exists']])
  const kinds = planProvision(desired, mailcow, ours, 'staged').actions.map((action) => action.kind)
  expect(kinds).toEqual(['add-transport', 'add-domain', 'import-dkim'])
})
