import type { AdoptMailbox } from '../adopt-report.ts'
import type { Finding } from '../finding.ts'

const DAY_MS = 86_400_000

/** What an admin has to look after. Pure. */
export function adoptFindings(domain: string, mailbox: AdoptMailbox, now: Date): readonly Finding[] {
  const { mailbox: item, state, handedOverAt, oldLogins = [] } = mailbox
  const base = { severity: 'yellow', domain, item } as const
  if (state === 'waiting' && mailbox.onDigest && handedOverAt !== undefined) {
    const days = Math.floor((now.getTime() - new Date(handedOverAt).getTime()) / DAY_MS)
    return [
      {
        ...base,
        code: 'own-password-missing',
        message: `It was handed over ${days} days ago, was reminded ${mailbox.reminders.length} times, and has no password of its own.`,
        remedy: `Speak to its user, or ask the contact; a lost mail: mailmove password reset ${item}`,
      },
    ]
  }
  if (state === 'still-on-old-server')
    return [
      {
        ...base,
        code: 'still-on-old-server',
        message: `It has a password of its own, but something still logs in on the old server (${oldLogins
          .map(({ protocol, at }) => `${protocol} ${at.slice(0, 10)}`)
          .join(', ')}).`,
        remedy: 'Ask its user which program or phone was forgotten.',
      },
    ]
  if (state === 'missing')
    return [
      {
        ...base,
        code: 'mailbox-gone',
        message: 'mailcow does not have this mailbox any more.',
        remedy: `If nobody removed it on purpose, run: mailmove survey ${domain}`,
      },
    ]
  return []
}
