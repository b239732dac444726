import type { SmtpRejection } from './errors.ts'

/** Four methods; pino and console fit. Fields never hold a secret, an address of a recipient at most. */
export interface NotifyLogger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface SmtpOptions {
  readonly host: string
  readonly port: number
  /** `starttls`: the server must offer it, a connection without TLS is an error. `none`: only what carries no secret. */
  readonly tls: 'implicit' | 'starttls' | 'none'
  readonly auth?: { readonly user: string; readonly password: string } | undefined
  /** Lets the password leave without TLS; otherwise `auth` with `tls: 'none'` is refused. */
  readonly allowInsecure?: boolean | undefined
  /** Certificates are always verified: against the system's authorities, `ca`, or the certificate's own SHA-256 `fingerprint`. */
  readonly tlsOptions?:
    | {
        readonly ca?: string | Uint8Array | undefined
        readonly fingerprint?: string | undefined
        readonly minVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3' | undefined
        /** The name to verify, where it is not `host`. */
        readonly serverName?: string | undefined
      }
    | undefined
  /** Connections at once; default 2. */
  readonly connections?: number | undefined
  /** Messages a second over all connections; default 5, 0: no limit. */
  readonly ratePerSecond?: number | undefined
  /** Ask for a delivery status notification about failures and delays where the server offers DSN; default true. */
  readonly dsn?: boolean | undefined
  /** How we call ourselves in EHLO; default: this machine's name. */
  readonly name?: string | undefined
  /** Of one answer; default 60 s. */
  readonly timeoutMs?: number | undefined
  /** For a connection with greeting and TLS; default 20 s. */
  readonly connectTimeoutMs?: number | undefined
  readonly logger?: NotifyLogger | undefined
}

export interface SmtpEnvelope {
  /** `''`: nobody is told of a bounce. */
  readonly from: string
  readonly to: readonly string[]
}

export interface SmtpSendOptions {
  readonly signal?: AbortSignal | undefined
  /** Returned in delivery status notifications as ENVID (RFC 3461); the ledger's key for a bounce. */
  readonly envelopeId?: string | undefined
}

/** The server has taken the message for at least one recipient. */
export interface SmtpResult {
  readonly accepted: readonly string[]
  readonly rejected: readonly SmtpRejection[]
  /** Its answer to the message, with the queue's id as a rule. */
  readonly response: string
  readonly dsnRequested: boolean
}

export interface SmtpDelivery extends AsyncDisposable {
  /**
   * Sends these bytes, exactly once for each call that resolves. Rejects with `SmtpError`: `outcome` says whether the
   * message may be there all the same. Never sent again by itself. When aborted, rejects with `signal.reason`.
   */
  send(message: Uint8Array, envelope: SmtpEnvelope, options?: SmtpSendOptions): Promise<SmtpResult>
  /** Connects, negotiates TLS and logs in, and sends nothing. Rejects with `SmtpError`. */
  verify(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
  /** Idempotent; waits for no peer. */
  close(): Promise<void>
}
