import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { announce, loadConfig, openMigration } from '../../packages/migration/src/index.ts'
import { generatePassword } from '../../packages/migration/src/secrets/password.ts'
import { startTestbed } from '../../packages/testbed/src/index.ts'

const domain = 'many.example'

/** A domain that is ready to be handed over: its mailboxes exist on a real Dovecot, and the ledger knows them. */
export interface ReadyDomain extends AsyncDisposable {
  /** `announce`, as users run it: rendered, opened, appended, recorded. Resolves to the bytes of the mails. */
  announce(): Promise<number>
}

export async function readyDomain(mailboxes: number): Promise<ReadyDomain> {
  await using started = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'mailmove-bench-'))
  started.defer(() => rm(folder, { recursive: true, force: true }))
  const addresses = Array.from({ length: mailboxes }, (_, index) => `user${index}@${domain}`)
  const inventory = join(folder, 'inventory.yaml')
  const list = addresses.map((address) => ({ address, quotaBytes: 104_857_600 }))
  await writeFile(inventory, JSON.stringify({ domains: [{ domain, mailboxes: list }] }))
  const bed = started.use(await startTestbed({ inventory }))
  const loaded = await loadConfig(bed.config ?? '', { env: bed.env })
  const notify = {
    from: 'ITEG <admin@iteg.example>',
    links: {},
    oldMailboxDays: 30,
    warnDaysAhead: 5,
    reminders: [],
  }
  const migration = started.use(await openMigration({ ...loaded, notify }))
  const ledger = await migration.ledger('write')
  const key = await migration.key()
  // What survey and provision leave behind, without asking servers that are not measured here.
  const run = await ledger.stages.start(domain, 'survey')
  await ledger.mailboxes.record(
    domain,
    addresses.map((address) => ({ address, active: true, quotaBytes: 104_857_600 })),
  )
  await ledger.stages.finish(run.id, { state: 'done' })
  for (const mailbox of addresses) {
    await ledger.secrets.seal(key, { domain, mailbox, purpose: 'initial-password' }, generatePassword())
    const write = await ledger.writes.recordIntent({
      domain,
      system: 'mailcow',
      operation: 'add-mailbox',
      item: mailbox,
      creates: { kind: 'mailbox', key: mailbox },
    })
    await ledger.writes.recordOutcome(write, { outcome: 'done' })
  }
  await ledger.lastDeltas.record({ domain, verifiedAt: new Date() })
  const held = started.move()
  return {
    announce: async () => {
      const report = await announce(migration, [domain])
      if (!report.ok || report.totals.sent !== mailboxes)
        throw new Error(`${report.totals.sent} of ${mailboxes} notices were sent`)
      return report.domains.flatMap(({ notices }) => notices).reduce((sum, { bytes = 0 }) => sum + bytes, 0)
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}
