/**
 * The Debian packages of the test bed, by the part that needs them. Whatever else they depend on comes along by
 * itself. A part that needs another server adds its group here.
 */
export const packageGroups = {
  dovecot: [
    'dovecot-core',
    'dovecot-imapd',
    'dovecot-lmtpd',
    'dovecot-pop3d',
    'dovecot-managesieved',
    'dovecot-sieve',
    'dovecot-auth-lua',
  ],
  carddav: ['radicale'],
  mariadb: ['mariadb-server-core', 'mariadb-client-core'],
  postgresql: ['postgresql-15'],
  sogo: ['sogo', 'memcached'],
  postfix: ['postfix', 'postfix-mysql', 'libsasl2-modules'],
  dns: ['knot', 'knot-dnsutils'],
  tools: ['openssl'],
}

/** What only some tests need; a tree of its own, unpacked when asked for. */
export const browserGroups = {
  browser: ['chromium-headless-shell', 'fonts-liberation'],
}

/** What only the wide suite needs; another tree, for Dovecot and Cyrus are not installed beside each other. */
export const wideGroups = {
  cyrus: ['cyrus-imapd', 'cyrus-common', 'sasl2-bin', 'libsasl2-modules', 'libsasl2-modules-db'],
}
