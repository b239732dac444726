import { LedgerError } from './errors.ts'

/** Who works on a domain. */
export interface LockHolder {
  readonly domain: string
  readonly pid: number
  readonly host: string
  readonly since: Date
  readonly command: string
}

/** The domain is ours until released; the operating system releases it when the process dies. */
export interface DomainLock extends AsyncDisposable {
  readonly holder: LockHolder
  /** Idempotent. */
  release(): Promise<void>
}

/** Another run works on the domain. */
export class DomainLockedError extends LedgerError {
  override readonly name = 'DomainLockedError'
  readonly holder: LockHolder

  constructor(holder: LockHolder) {
    super(
      'domain_locked',
      `${holder.domain} is being worked on by process ${holder.pid} on ${holder.host} since ${holder.since.toISOString()} (${holder.command})`,
    )
    this.holder = holder
  }
}
