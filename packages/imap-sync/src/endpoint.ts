/** Where an IMAP server listens and how much TLS it takes. */
export interface ImapServer {
  readonly host: string
  readonly port: number
  readonly tls: 'implicit' | 'starttls' | 'none'
  readonly tlsOptions?: TlsOptions
}

export interface TlsOptions {
  /** PEM of a certificate authority (or the self-signed certificate itself) to trust besides none other. */
  readonly ca?: string
  /** SHA-256 fingerprint of the server's certificate (hex, colons allowed): pinned, nothing else is checked. */
  readonly fingerprint?: string
  readonly minVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'
  /** The name the certificate must hold, when it is not `host`. */
  readonly serverName?: string
}

/** `user` may be `anna@example.at*migrator` (master login) or a plain user with a password or app password. */
export interface ImapLogin {
  readonly user: string
  readonly password: string
}

export interface Endpoint {
  readonly server: ImapServer
  readonly login: ImapLogin
}

/** All in milliseconds. */
export interface Timeouts {
  /** TCP and TLS until the server's greeting and login are through. Default 30 000. */
  readonly connectMs?: number
  /** Longest time without a single byte of progress while an answer is awaited. Default 120 000. */
  readonly idleMs?: number
  /** First wait before a lost connection is opened again; doubles up to half a minute. Default 500. */
  readonly backoffMs?: number
  /** How long we wait for a server to store what was wholly sent on a connection that was then lost. Default 3000. */
  readonly settleMs?: number
}
