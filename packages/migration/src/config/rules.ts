import { parseAddress, parseDomain } from '@iteg/old-server'
import { isIPv4 } from 'node:net'
import { resolve, sep } from 'node:path'
import type { PlacedProblem } from './issues.ts'
import { valueAt } from './issues.ts'
import { isRecord } from './shape.ts'
import type { Path } from './yaml-text.ts'

/** What a rule looks at: the configuration as written, so that rules also speak when something else in it is wrong. */
interface RuleSubject {
  readonly content: unknown
  /** The folder of the configuration. */
  readonly directory: string
}

/** How parts of the configuration must fit together. */
export interface Rule {
  readonly name: string
  readonly check: (subject: RuleSubject) => readonly PlacedProblem[]
}

const servers: readonly Path[] = [
  ['old', 'imap'],
  ['old', 'sieve'],
  ['new', 'imap'],
  ['new', 'sieve'],
  ['notify', 'smtp'],
]

const webServers: readonly { readonly path: Path; readonly secret: string }[] = [
  { path: ['new', 'mailcow'], secret: 'the API key crosses' },
  { path: ['new', 'cardDav'], secret: 'app passwords cross' },
]

/** In the order in which they are explained in the documentation. */
export const rules: readonly Rule[] = [
  {
    name: 'no-tls-is-deliberate',
    check: ({ content }) =>
      servers.flatMap((path) => {
        const server = recordAt(content, path)
        return server['tls'] !== 'none' || server['allowInsecure'] === true
          ? []
          : [
              {
                path: [...path, 'tls'],
                message: `without TLS the password crosses the network in the clear`,
                suggestion: 'use implicit or starttls, or add allowInsecure: true',
              },
            ]
      }),
  },
  {
    name: 'tls-options-need-tls',
    check: ({ content }) =>
      servers.flatMap((path) => {
        const server = recordAt(content, path)
        return server['tls'] === 'none' && isRecord(server['tlsOptions'])
          ? [{ path: [...path, 'tlsOptions'], message: 'tlsOptions have no effect with tls: none' }]
          : []
      }),
  },
  {
    name: 'no-https-is-deliberate',
    check: ({ content }) =>
      webServers.flatMap(({ path, secret }) => {
        const { url, allowInsecure } = recordAt(content, path)
        const parsed = typeof url === 'string' ? URL.parse(url) : null
        // What never leaves this machine needs no protection from the network.
        if (parsed?.protocol !== 'http:' || allowInsecure === true || isLoopback(parsed.hostname)) return []
        return [
          {
            path: [...path, 'url'],
            message: `without https ${secret} the network in the clear`,
            suggestion: `write https://${parsed.host}, or add allowInsecure: true`,
          },
        ]
      }),
  },
  {
    name: 'contacts-come-from-somewhere',
    check: ({ content }) => {
      if (valueAt(content, ['old', 'addressBooks']) !== undefined) return []
      return domainsOf(content)
        .flatMap(({ name, settings }) => [
          { path: ['domains', name], settings },
          ...Object.entries(recordAt(settings, ['mailboxes'])).map(([address, mailbox]) => ({
            path: ['domains', name, 'mailboxes', address],
            settings: isRecord(mailbox) ? mailbox : {},
          })),
        ])
        .filter(({ settings }) => settings['importContacts'] === true)
        .map(({ path }) => ({
          path: [...path, 'importContacts'],
          message: 'contacts are to be put into SOGo, but old.addressBooks is missing',
          suggestion: 'write addressBooks: { kind: roundcube, url: "${ROUNDCUBE_DB_URL}" } under old',
        }))
    },
  },
  {
    name: 'master-access-needs-a-master',
    check: ({ content }) => {
      const section = valueAt(content, ['new'])
      if (!isRecord(section) || section['master'] !== undefined || section['access'] === 'appPassword')
        return []
      return [
        {
          path: ['new', 'access'],
          message: 'new.master is missing',
          suggestion:
            'write master: { user: migrator@mailcow.local, password: "${NEW_MASTER_PASSWORD}" }, or access: appPassword',
        },
      ]
    },
  },
  {
    name: 'old-is-not-new',
    check: ({ content }) => {
      const from = endpointAt(content, ['old', 'imap'])
      const to = endpointAt(content, ['new', 'imap']) ?? apiHostAt(content)
      return from !== undefined && from === to
        ? [
            {
              path:
                valueAt(content, ['new', 'imap']) === undefined ? ['new', 'mailcow', 'url'] : ['new', 'imap'],
              message: 'the old and the new server are the same one: a mailbox would be copied onto itself',
            },
          ]
        : []
    },
  },
  {
    name: 'key-outside-work-dir',
    check: ({ content, directory }) => {
      const workDir = resolve(directory, textAt(content, ['workDir']) ?? './mailmove-data')
      const key = resolve(
        directory,
        (textAt(content, ['secrets', 'key']) ?? './mailmove.key').replace(/^file:/u, ''),
      )
      return key.startsWith(workDir.endsWith(sep) ? workDir : workDir + sep)
        ? [
            {
              path: ['secrets', 'key'],
              message:
                'the key lies inside workDir: whoever gets a copy of the ledger would get the key with it',
              suggestion: 'put it beside this file',
            },
          ]
        : []
    },
  },
  {
    name: 'paths-of-a-remote-server-are-absolute',
    check: ({ content }) => {
      if (textAt(content, ['old', 'run'])?.startsWith('ssh:') !== true) return []
      const inventory = valueAt(content, ['old', 'inventory'])
      const paths: Path[] = [
        ...(Array.isArray(inventory)
          ? inventory.map((_, index) => ['old', 'inventory', index, 'directory'])
          : []),
        ['old', 'relay', 'directory'],
        ['old', 'loginLog'],
      ]
      return paths
        .filter((path) => textAt(content, path)?.startsWith('/') === false)
        .map((path) => ({
          path,
          message: 'with run: ssh://... this must be an absolute path on the old server',
        }))
    },
  },
  {
    name: 'script-files-are-here',
    check: ({ content }) => {
      const isRemote = textAt(content, ['old', 'run'])?.startsWith('ssh:') === true
      if (!isRemote || valueAt(content, ['old', 'sieveFiles']) === undefined) return []
      return [
        {
          path: ['old', 'sieveFiles'],
          message: 'scripts are read from files of this machine only, not through ssh',
          suggestion: 'leave it out: then ManageSieve is asked',
        },
      ]
    },
  },
  {
    name: 'a-login-is-complete',
    check: ({ content }) => {
      const { user, password } = recordAt(content, ['notify', 'smtp'])
      if ((user === undefined) === (password === undefined)) return []
      return [
        {
          path: ['notify', 'smtp'],
          message: `notify.smtp.${user === undefined ? 'user' : 'password'} is missing`,
        },
      ]
    },
  },
  {
    name: 'contacts-to-warn',
    check: ({ content }) =>
      domainsOf(content).flatMap(({ name, settings }) => {
        const { warn, contacts } = settings
        return warn === 'contacts' && (!Array.isArray(contacts) || contacts.length === 0)
          ? [
              {
                path: ['domains', name, 'warn'],
                message: 'contacts are to be warned, but none is named',
                suggestion: 'add contacts: [chef@example.at]',
              },
            ]
          : []
      }),
  },
  {
    name: 'domain-names',
    check: ({ content }) =>
      namesOnce(
        domainsOf(content).map(({ name }) => ({ path: ['domains'], key: name, parsed: parseDomain(name) })),
      ),
  },
  {
    name: 'mailboxes-of-their-domain',
    check: ({ content }) =>
      domainsOf(content).flatMap(({ name, settings }) => {
        const path = ['domains', name, 'mailboxes']
        const keys = Object.keys(isRecord(settings['mailboxes']) ? settings['mailboxes'] : {})
        const named = keys.map((key) => ({ path, key, parsed: parseAddress(key) }))
        const foreign = named.filter(
          ({ parsed }) => 'value' in parsed && !parsed.value.endsWith(`@${foldedDomain(name)}`),
        )
        return [
          ...namesOnce(named),
          ...foreign.map(({ key }) => ({ path, key, message: `'${key}' is not in the domain ${name}` })),
        ]
      }),
  },
]

/** Names that are no names, and names that differ in case only. */
function namesOnce(
  entries: readonly {
    readonly path: Path
    readonly key: string
    readonly parsed: ReturnType<typeof parseDomain>
  }[],
): PlacedProblem[] {
  const seen = new Set<string>()
  return entries.flatMap(({ path, key, parsed }) => {
    if ('problem' in parsed) {
      const { problem, suggestion } = parsed
      return [{ path, key, message: problem, ...(suggestion === undefined ? {} : { suggestion }) }]
    }
    const isKnown = seen.has(parsed.value)
    seen.add(parsed.value)
    return isKnown
      ? [{ path, key, message: `'${key}' appears twice`, suggestion: 'keep one of the two' }]
      : []
  })
}

function domainsOf(
  content: unknown,
): { readonly name: string; readonly settings: Readonly<Record<string, unknown>> }[] {
  return Object.entries(recordAt(content, ['domains'])).map(([name, settings]) => ({
    name,
    settings: isRecord(settings) ? settings : {},
  }))
}

function foldedDomain(name: string): string {
  const parsed = parseDomain(name)
  return 'value' in parsed ? parsed.value : name
}

function recordAt(content: unknown, path: Path): Readonly<Record<string, unknown>> {
  const value = valueAt(content, path)
  return isRecord(value) ? value : {}
}

function textAt(content: unknown, path: Path): string | undefined {
  const value = valueAt(content, path)
  return typeof value === 'string' ? value : undefined
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'))
}

/** Where IMAP of mailcow is when nothing else is said. */
function apiHostAt(content: unknown): string | undefined {
  const url = textAt(content, ['new', 'mailcow', 'url'])
  const parsed = url === undefined ? null : URL.parse(url)
  return parsed === null ? undefined : `${parsed.hostname}:993`
}

/** Host and port of an IMAP server, as far as they are written or follow from what is. */
function endpointAt(content: unknown, path: Path): string | undefined {
  const { host, port, tls } = recordAt(content, path)
  if (typeof host !== 'string') return undefined
  const usual = tls === undefined || tls === 'implicit' ? 993 : 143
  return `${host.toLowerCase()}:${typeof port === 'number' ? port : usual}`
}
