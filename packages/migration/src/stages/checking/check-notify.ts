import type { CheckResult } from '../check-report.ts'
import { MigrationError } from '../errors.ts'
import type { Migration } from '../migration.ts'
import { readLoginUsage } from '../notifying/login-usage.ts'
import { openNoticeRun } from '../notifying/notice-run.ts'
import type { StageOptions } from '../options.ts'
import { asSentence } from '../sentence.ts'

/** Whether notices could be sent: the texts, and the mail server with its login. Nothing is sent. Empty without `notify`. */
export async function checkNotify(
  migration: Migration,
  options: StageOptions,
): Promise<readonly CheckResult[]> {
  const { notify } = migration.config
  if (notify === undefined) return []
  const templates = notify.templates ?? 'built-in'
  try {
    await using run = await openNoticeRun(migration, options)
    const languages = run.drafting.templates.languages.join(', ')
    const texts: CheckResult = {
      subject: 'notify.templates',
      status: 'ok',
      target: templates,
      detail: `Texts in: ${languages}.`,
      facts: { languages },
    }
    if (notify.smtp === undefined) return [texts]
    const target = `smtp://${notify.smtp.host}:${notify.smtp.port}`
    try {
      await run.delivery.smtp()
      const detail = 'It takes mail from us.'
      return [texts, { subject: 'notify.smtp', status: 'ok', target, detail, facts: {} }]
    } catch (error) {
      options.signal?.throwIfAborted()
      if (!run.drafting.notify.isSmtpError(error)) throw error
      const { code, message } = error
      const cause = code === 'login' || code === 'tls' ? 'configuration' : 'server'
      const detail = asSentence(message)
      const remedy = 'Correct notify.smtp in the configuration, or look at the mail server.'
      return [texts, { subject: 'notify.smtp', status: 'failed', target, detail, remedy, cause, facts: {} }]
    }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!isExplained(error)) throw error
    return [
      {
        subject: 'notify.templates',
        status: 'failed',
        target: templates,
        detail: asSentence(error.message),
        remedy: 'Correct the lines that are named, or remove the file: the built-in text takes its place.',
        cause: 'configuration',
        facts: {},
      },
    ]
  }
}

/** Errors of templates say file, line and column; others are ours already. */
function isExplained(error: unknown): error is Error {
  return (
    error instanceof MigrationError ||
    (error instanceof Error && 'code' in error && error.code === 'template')
  )
}

/** Whether the log of logins can be read. Empty without `old.loginLog`. */
export async function checkLoginLog(
  migration: Migration,
  options: StageOptions,
): Promise<readonly CheckResult[]> {
  const { loginLog } = migration.config.old
  if (loginLog === undefined) return []
  const { usage, problem } = await readLoginUsage(migration.config, migration.now(), options)
  const subject = 'old.loginLog'
  const target = loginLog
  if (usage === undefined)
    return [
      {
        subject,
        status: 'failed',
        target,
        detail: problem ?? 'It cannot be read.',
        remedy: 'Correct old.loginLog, or leave it out.',
        cause: 'configuration',
        facts: {},
      },
    ]
  const mailboxes = usage.mailboxes.size
  const since = usage.since?.toISOString().slice(0, 10)
  return [
    {
      subject,
      status: mailboxes === 0 ? 'warning' : 'ok',
      target,
      detail:
        since === undefined ? 'There is no login in it.' : `${mailboxes} mailboxes logged in since ${since}.`,
      facts: { mailboxes, ...(since === undefined ? {} : { since }) },
    },
  ]
}
