/** Where a ManageSieve server listens and how much TLS it takes. */
export interface ManageSieveServer {
  readonly host: string
  /** Usually 4190. */
  readonly port: number
  /** RFC 5804 knows only `starttls`; `implicit` is TLS from the first byte. */
  readonly tls: 'implicit' | 'starttls' | 'none'
  readonly tlsOptions?: ManageSieveTlsOptions
}

export interface ManageSieveTlsOptions {
  /** PEM of a certificate authority (or the self-signed certificate itself) to trust besides none other. */
  readonly ca?: string
  /** SHA-256 fingerprint of the server's certificate (hex, colons allowed): pinned, nothing else is checked. */
  readonly fingerprint?: string
  readonly minVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'
  /** The name the certificate must hold, when it is not `host`. */
  readonly serverName?: string
}

/** SASL PLAIN (RFC 4616). */
export interface ManageSieveLogin {
  /** Who logs in. With Dovecot's master users `anna@example.at*migrator` works as well as `authorizationId`. */
  readonly user: string
  readonly password: string
  /** Whose scripts are meant, when they are not those of `user`. */
  readonly authorizationId?: string
}

/** Four methods; pino fits. Fields never hold secrets or scripts. */
export interface ManageSieveLogger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface ManageSieveOptions {
  /** Ends the connection at once; whatever waits rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Default: silent. */
  readonly logger?: ManageSieveLogger
  /** TCP, TLS and greeting together. Default 30,000 ms. */
  readonly connectTimeoutMs?: number
  /** A whole command with its answer. Default 60,000 ms. */
  readonly commandTimeoutMs?: number
  /** The largest script that is read or sent. Default 16 MiB. */
  readonly maxScriptBytes?: number
  /** Send a password although the connection is not encrypted. Default false. */
  readonly allowInsecure?: boolean
}

/** A login through a master user that may act for every mailbox, as Dovecot takes it: `MAILBOX SEPARATOR USER`. */
export function masterLogin(
  mailbox: string,
  master: { readonly user: string; readonly password: string; readonly separator?: string },
): ManageSieveLogin {
  return { user: `${mailbox}${master.separator ?? '*'}${master.user}`, password: master.password }
}
