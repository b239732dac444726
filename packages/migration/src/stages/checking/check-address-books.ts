import { countRoundcubeUsers, isRoundcubeError, openRoundcube } from '@iteg/sieve-export'
import type { OldConfig } from '../../config/index.ts'
import type { CheckResult } from '../check-report.ts'
import { asSentence } from '../sentence.ts'

const SUBJECT = 'old.addressBooks'

/** The database opens, its tables are Roundcube's, and somebody is in there; nothing without `old.addressBooks`. */
export async function checkAddressBooks(
  source: OldConfig['addressBooks'],
  signal: AbortSignal | undefined,
): Promise<readonly CheckResult[]> {
  if (source === undefined) return []
  const target = placeOf(source.url.reveal())
  try {
    await using db = await openRoundcube(source.url.reveal(), signal === undefined ? {} : { signal })
    const users = await countRoundcubeUsers(db)
    const facts = { users, database: db.kind, tables: db.tables.columns.size }
    if (users === 0)
      return [
        {
          subject: SUBJECT,
          status: 'warning',
          target,
          detail: "It is Roundcube's database, but nobody has ever logged in there.",
          remedy: 'Check whether url of old.addressBooks names the right database.',
          facts,
        },
      ]
    return [
      {
        subject: SUBJECT,
        status: 'ok',
        target,
        detail: `Roundcube's database can be read; it knows ${users === 1 ? '1 user' : `${users} users`}.`,
        facts,
      },
    ]
  } catch (error) {
    signal?.throwIfAborted()
    if (!isRoundcubeError(error)) throw error
    return [
      {
        subject: SUBJECT,
        status: 'failed',
        target,
        detail: asSentence(error.message),
        remedy:
          error.code === 'schema'
            ? 'Check the name of the database, and ?prefix= if its tables have one.'
            : 'Check url of old.addressBooks and what its user may read; only address books need it.',
        facts: {},
      },
    ]
  }
}

/** The database without user, password and options. */
function placeOf(url: string): string {
  const parsed = URL.parse(url)
  return parsed === null
    ? 'roundcube'
    : `${parsed.protocol}${parsed.host === '' ? '' : `//${parsed.host}`}${parsed.pathname}`
}
