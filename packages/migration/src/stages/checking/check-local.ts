import { LedgerError } from '../../ledger/errors.ts'
import { SecretError } from '../../secrets/errors.ts'
import type { CheckResult } from '../check-report.ts'
import { existingLedger } from '../existing-ledger.ts'
import type { Migration } from '../migration.ts'
import { asSentence } from '../sentence.ts'

/** What lies on this machine: the configuration's warnings, the ledger, the key file. */
export async function checkLocal(migration: Migration): Promise<readonly CheckResult[]> {
  return [configResult(migration), await ledgerResult(migration), await keyResult(migration)]
}

function configResult(migration: Migration): CheckResult {
  const { file, warnings } = migration.config
  const subject = 'config'
  if (warnings.length === 0)
    return { subject, status: 'ok', target: file, detail: 'The configuration is valid.', facts: {} }
  const lines = warnings.map(({ line, column, message }) => `${line}:${column}: ${message}`)
  return {
    subject,
    status: 'warning',
    target: file,
    detail: lines.join('; '),
    facts: { warnings: warnings.length },
  }
}

async function ledgerResult(migration: Migration): Promise<CheckResult> {
  const subject = 'ledger'
  const target = migration.config.workDir
  try {
    const ledger = await existingLedger(migration)
    if (ledger === undefined)
      return { subject, status: 'ok', target, detail: 'There is none yet; survey makes it.', facts: {} }
    const domains = (await ledger.domains.list()).length
    return { subject, status: 'ok', target, detail: `It knows ${domains} domains.`, facts: { domains } }
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    return failedResult(subject, target, error)
  }
}

async function keyResult(migration: Migration): Promise<CheckResult> {
  const subject = 'secrets.key'
  const target = migration.config.secrets.key.file
  try {
    const { id } = await migration.key()
    return {
      subject,
      status: 'ok',
      target,
      detail: 'The key can be read, and nobody else can.',
      facts: { id },
    }
  } catch (error) {
    if (!(error instanceof SecretError)) throw error
    return failedResult(subject, target, error)
  }
}

function failedResult(
  subject: CheckResult['subject'],
  target: string,
  { message, hint }: LedgerError | SecretError,
): CheckResult {
  return {
    subject,
    status: 'failed',
    target,
    detail: asSentence(message),
    ...remedyOf(hint),
    cause: 'configuration',
    facts: {},
  }
}

function remedyOf(hint: string | undefined): { readonly remedy?: string } {
  return hint === undefined ? {} : { remedy: hint }
}
