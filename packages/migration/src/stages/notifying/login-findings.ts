import type { Finding } from '../finding.ts'
import type { SurveyLogins } from '../survey-report.ts'
import type { LoginReading } from './login-usage.ts'

/** Who uses what on the old server, for the survey; nothing where there is no log. Pure. */
export function surveyedLogins({ usage }: LoginReading, address: string): { readonly logins?: SurveyLogins } {
  if (usage === undefined) return {}
  const known = usage.mailboxes.get(address)
  const last = [...(known?.values() ?? [])].toSorted((one, other) => other.getTime() - one.getTime())[0]
  const protocols = [...(known?.keys() ?? [])].toSorted()
  return {
    logins: {
      protocols,
      ...(last === undefined ? {} : { last: last.toISOString() }),
      usesPop3: protocols.includes('pop3'),
    },
  }
}

/** That the log could not be read. Pure. */
export function loginLogFindings(domain: string, { problem }: LoginReading): readonly Finding[] {
  if (problem === undefined) return []
  return [
    {
      code: 'login-log-unread',
      severity: 'yellow',
      domain,
      message: problem,
      remedy:
        'Correct old.loginLog, or leave it out: who uses POP3, and who never logs in, is not known without it.',
    },
  ]
}
