import { dirname, join, resolve } from 'node:path'
import type { SiteData } from '@iteg/notify'
import { mkdir, writeFile } from 'node:fs/promises'
import { existingLedger } from '../existing-ledger.ts'
import { UsageError } from '../errors.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { localDay } from './local-day.ts'
import { newSettings, oldSettings, passwordRule } from './notice-data.ts'
import { openNoticeRun } from './notice-run.ts'
import { senderOf } from './sender.ts'

export interface SiteReport {
  readonly schema: 'mailmove.notices-site/1'
  /** ISO 8601. */
  readonly at: string
  /** Absolute. */
  readonly directory: string
  /** Paths below it. */
  readonly files: readonly string[]
  /** Domains that it names: those with `publish: true`. */
  readonly domains: readonly string[]
}

/**
 * Writes the static information page into a folder that a web server can show: no secret, and only the domains that the
 * configuration makes public. Files are readable by everybody; other files of the folder stay.
 */
export async function writeInformationPage(
  migration: Migration,
  request: { readonly directory: string },
  options: StageOptions = {},
): Promise<SiteReport> {
  await using run = await openNoticeRun(migration, options)
  const { notify, templates, from } = run.drafting
  const data = await siteData(migration, senderOf(from))
  const directory = resolve(request.directory)
  const files = notify.renderSite(templates, data)
  try {
    for (const [path, content] of files) {
      const file = join(directory, path)
      await mkdir(dirname(file), { recursive: true, mode: 0o755 })
      await writeFile(file, content, { mode: 0o644 })
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new UsageError(`${directory} cannot be written (${code}).`, {
      hint: 'Name another folder with --out.',
      cause: error,
    })
  }
  return {
    schema: 'mailmove.notices-site/1',
    at: migration.now().toISOString(),
    directory,
    files: [...files.keys()].toSorted(),
    domains: data.domains.map(({ domain }) => domain),
  }
}

async function siteData(
  migration: Migration,
  sender: { readonly address: string; readonly name?: string },
): Promise<SiteData> {
  const { config } = migration
  const ledger = await existingLedger(migration)
  const published = [...config.domains].filter(([, { publish }]) => publish)
  const domains = await Promise.all(
    published.map(async ([domain, { moveDate }]) => {
      const announced = (await ledger?.stages.latestDone(domain, 'announce'))?.endedAt
      const days = config.notify?.oldMailboxDays ?? 0
      return {
        domain,
        moved: announced !== undefined,
        ...(announced === undefined
          ? moveDate === undefined
            ? {}
            : { moveDate }
          : { moveDate: localDay(announced) }),
        ...(announced === undefined || days === 0 ? {} : { oldMailboxUntil: localDay(announced, days) }),
      }
    }),
  )
  return {
    provider: { name: sender.name ?? sender.address, email: sender.address },
    links: config.notify?.links ?? {},
    newSettings: newSettings(config),
    oldSettings: oldSettings(config),
    passwordRule: passwordRule(config),
    domains,
  }
}
