import type { CopyDomain, CopyMailbox } from '../copy-report.ts'

type Totals = CopyDomain['totals']

const NOTHING: Totals = {
  copied: 0,
  alreadyThere: 0,
  setAside: 0,
  excluded: 0,
  vanished: 0,
  sourceMessages: 0,
  bytesCopied: 0,
}

export function addFates(parts: readonly Totals[]): Totals {
  return parts.reduce(
    (sum, part) => ({
      copied: sum.copied + part.copied,
      alreadyThere: sum.alreadyThere + part.alreadyThere,
      setAside: sum.setAside + part.setAside,
      excluded: sum.excluded + part.excluded,
      vanished: sum.vanished + part.vanished,
      sourceMessages: sum.sourceMessages + part.sourceMessages,
      bytesCopied: sum.bytesCopied + part.bytesCopied,
    }),
    NOTHING,
  )
}

export function sumOfFates(mailboxes: readonly CopyMailbox[]): Totals {
  return addFates(
    mailboxes.map(({ fates, sourceMessages, bytesCopied }) => ({ ...fates, sourceMessages, bytesCopied })),
  )
}
