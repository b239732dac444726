import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  announce,
  type Config,
  exportDomains,
  forget,
  log,
  openMigration,
  provision,
  survey,
} from '../src/index.ts'
import { encodeFileName } from '../src/stages/exporting/file-names.ts'
import { type Bed, startBed } from './support/bed.ts'
import { notifying, recordLastDelta, sealedPassword } from './support/notices.ts'

const domain = 'forget.example'
const other = 'kept.example'
let bed: Bed

beforeAll(async () => {
  bed = await startBed({
    domains: [domain, other].map((name) => ({
      domain: name,
      mailboxes: [{ address: `anna@${name}`, quotaBytes: 50 * 1024 * 1024 }],
    })),
  })
})
afterAll(() => bed[Symbol.asyncDispose]())

/** Some days later, for as long as the work takes. */
async function later<T>(
  config: Config,
  days: number,
  work: (migration: Awaited<ReturnType<typeof openMigration>>) => Promise<T>,
): Promise<T> {
  await using migration = await openMigration(config, {
    now: () => new Date(Date.now() + days * 86_400_000),
  })
  return await work(migration)
}

it('removes what is kept beside the ledger when its time is over, of this domain only, and keeps the log', async () => {
  await using opened = await bed.migration({ change: notifying(bed.testbed, domain) })
  const { migration, workDir, config } = opened
  await survey(migration, [domain, other])
  await expect(forget(migration, domain)).rejects.toMatchObject({
    code: 'gate',
    message: expect.stringContaining('not cut over'),
  })
  await provision(migration, [domain, other])
  await exportDomains(migration, [domain, other])
  for (const name of [domain, other]) await recordLastDelta(migration, name)
  await announce(migration, [domain])
  const aside = (name: string) => join(workDir, 'set-aside', name, `anna@${name}`)
  for (const name of [domain, other]) {
    mkdirSync(aside(name), { recursive: true })
    writeFileSync(join(aside(name), '7.eml'), 'Subject: private\r\n\r\n')
    const exported = join(workDir, 'exports', encodeFileName(`anna@${name}`), 'addressbooks')
    mkdirSync(exported, { recursive: true })
    writeFileSync(join(exported, 'contacts.vcf'), 'BEGIN:VCARD\r\n')
  }
  const day = new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10)
  await expect(later(config, 89, (now) => forget(now, domain))).rejects.toMatchObject({
    code: 'gate',
    message: expect.stringContaining(day),
  })
  const ledger = await migration.ledger('write')
  const finding = {
    code: 'message-set-aside',
    severity: 'red',
    domain,
    item: `anna@${domain}: INBOX, UID 7`,
    message: 'The message was not copied: too large.',
    remedy: 'Give it to its owner.',
  } as const
  await ledger.findings.replace(domain, 'copy', [finding])
  await expect(later(config, 91, (now) => forget(now, domain))).rejects.toMatchObject({ code: 'gate' })
  expect(existsSync(aside(domain))).toBe(true)
  await ledger.findings.replace(domain, 'copy', [])
  const planned = await later(config, 91, (now) => forget(now, domain, { dryRun: true }))
  expect(planned.folders.map(({ kind }) => kind)).toEqual(['exports', 'set-aside'])
  expect(existsSync(aside(domain))).toBe(true)
  const report = await later(config, 91, (now) => forget(now, domain))
  expect(report).toMatchObject({ schema: 'mailmove.forget/1', secrets: 1, retentionDays: 90 })
  expect(report.folders).toEqual(planned.folders)
  expect(existsSync(join(workDir, 'set-aside', domain))).toBe(false)
  expect(readdirSync(join(workDir, 'exports')).filter((name) => name.includes('forget'))).toEqual([])
  expect(await sealedPassword(migration, `anna@${domain}`)).toBeUndefined()
  // Nobody else's.
  expect(existsSync(join(aside(other), '7.eml'))).toBe(true)
  expect(readdirSync(join(workDir, 'exports')).some((name) => name.includes('kept'))).toBe(true)
  expect(await sealedPassword(migration, `anna@${other}`)).toBeDefined()
  // Once more: nothing is left to remove.
  expect(await later(config, 92, (now) => forget(now, domain))).toMatchObject({ folders: [], secrets: 0 })

  const kept = await log(migration, [domain])
  expect(kept.entries).toContainEqual(
    expect.objectContaining({
      kind: 'write',
      system: 'mailcow',
      operation: 'add-mailbox',
      item: `anna@${domain}`,
      outcome: 'done',
      operator: expect.any(String),
      intent: expect.anything(),
    }),
  )
  const operations = kept.entries.map(({ operation }) => operation)
  for (const operation of ['survey', 'provision', 'announce', 'notices.append', 'forget'])
    expect(operations).toContain(operation)
  expect(kept.entries.map(({ at }) => at)).toEqual(kept.entries.map(({ at }) => at).toSorted())
  expect(new Set(kept.entries.map((entry) => entry.domain))).toEqual(new Set([domain]))
  expect((await log(migration, [])).entries.some((entry) => entry.domain === other)).toBe(true)
  const since = new Date(Date.now() + 80 * 86_400_000)
  const late = await log(migration, [domain], { since })
  expect(new Set(late.entries.map(({ operation }) => operation))).toEqual(new Set(['forget']))
  await expect(log(migration, ['nobody.example'])).rejects.toMatchObject({ code: 'usage' })
  expect(readFileSync(join(workDir, 'ledger.sqlite')).includes('private')).toBe(false)
})
