import type { VerifyMailbox } from '../verify-report.ts'

/** A mailbox that could not be compared. */
export function failedVerify(mailbox: string, failure: NonNullable<VerifyMailbox['failure']>): VerifyMailbox {
  return {
    mailbox,
    outcome: 'failed',
    sourceMessages: 0,
    targetMessages: 0,
    matched: 0,
    bytes: 0,
    explained: 0,
    extras: 0,
    goneSince: 0,
    differences: [],
    differenceCount: 0,
    failure,
  }
}
