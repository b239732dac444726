/**
 * The Debian packages that every test bed runs, by the part that needs them. Whatever else they depend on comes along
 * by itself. A part that needs another server adds its group here.
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
  postfix: ['postfix', 'postfix-mysql', 'libsasl2-modules'],
  dns: ['knot', 'knot-dnsutils'],
  tools: ['openssl'],
}

/** Servers that only some tests ask for (a tree of its own, unpacked when the first one is started): the demo needs none. */
export const serviceGroups = {
  carddav: ['radicale'],
  mariadb: ['mariadb-server-core', 'mariadb-client-core'],
  postgresql: ['postgresql-15'],
  sogo: ['sogo', 'memcached'],
}

/** The browser in which tests look at pages; another tree. */
export const browserGroups = {
  browser: ['chromium-headless-shell', 'fonts-liberation'],
}

/** What only the wide suite needs; another tree, for Dovecot and Cyrus are not installed beside each other. */
export const wideGroups = {
  cyrus: ['cyrus-imapd', 'cyrus-common', 'sasl2-bin', 'libsasl2-modules', 'libsasl2-modules-db'],
  ssh: ['openssh-server', 'openssh-client'],
}
