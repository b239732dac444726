import { z } from 'zod'
import type { Ledger } from '../ledger/ledger.ts'
import type { SurveyMailbox } from './survey-report.ts'

/** What later stages need of the last survey; unknown fields of newer versions are ignored. */
const schema = z.object({
  domain: z.string(),
  mailboxes: z.array(
    z.object({
      address: z.string(),
      skipped: z.boolean(),
      newQuotaBytes: z.number(),
      size: z.object({ messages: z.number(), bytes: z.number() }).exactOptional(),
      folders: z.array(
        z.object({
          source: z.string(),
          target: z.string().nullable(),
          messages: z.number(),
          bytes: z.number().exactOptional(),
        }),
      ),
    }),
  ),
})

export interface SurveyRecord {
  readonly at: Date
  readonly mailboxes: ReadonlyMap<string, SurveyedMailbox>
}

export type SurveyedMailbox = Pick<SurveyMailbox, 'address' | 'skipped' | 'newQuotaBytes' | 'size'> & {
  readonly folders: readonly {
    readonly source: string
    readonly target: string | null
    readonly messages: number
    readonly bytes?: number
  }[]
}

/** The last survey of the domain that came to its end; `undefined` before the first. */
export async function lastSurvey(ledger: Ledger, domain: string): Promise<SurveyRecord | undefined> {
  const run = await ledger.stages.latestDone(domain, 'survey')
  if (run === undefined) return undefined
  const parsed = schema.safeParse(await ledger.stages.report(run.id))
  if (!parsed.success) return undefined
  return {
    at: run.endedAt ?? run.startedAt,
    mailboxes: new Map(parsed.data.mailboxes.map((mailbox) => [mailbox.address, mailbox])),
  }
}
