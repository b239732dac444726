import type { NoticeData, NoticeKind } from './kinds.ts'
import type { ShapeOf } from './shape.ts'
import type { SiteData } from './site.ts'

const links = {
  info: 'text?',
  webmailOld: 'text?',
  webmailNew: 'text?',
  roundcubeNew: 'text?',
  userPage: 'text?',
  support: 'text?',
} as const
const provider = { name: 'text', email: 'text', phone: 'text?' } as const
const common = { domain: 'text', provider, links, contacts: ['text'] } as const
const mailbox = {
  address: 'text',
  name: 'text?',
  usedBytes: 'number?',
  quotaBytes: 'number?',
  aliases: ['text'],
} as const
const server = { '?': { host: 'text', port: 'number', security: 'text' } } as const
const settings = { imap: server, pop3: server, smtp: server, userName: 'text?' } as const
const passwordRule = {
  minLength: 'number',
  lowerAndUpper: 'boolean',
  digit: 'boolean',
  special: 'boolean',
} as const
const access = {
  mailbox,
  password: 'text?',
  passwordRule,
  newSettings: settings,
  oldSettings: settings,
} as const
const forward = { target: 'text', keepsCopy: 'boolean' } as const

/** What a template of each kind may use; the compiler holds it against the data types. */
export const noticeShapes: { readonly [K in NoticeKind]: ShapeOf<NoticeData[K]> } = {
  'pre-warning': {
    ...common,
    mailbox,
    moveDate: 'date?',
    forwards: [forward],
    addresses: ['text'],
    usesPop3: 'boolean',
  },
  'pre-warning-contact': {
    ...common,
    moveDate: 'date?',
    mailboxes: [{ ...mailbox, forwards: [forward], usesPop3: 'boolean?', active: 'boolean' }],
    aliases: [{ address: 'text', targets: ['text'], problem: 'text?' }],
    aliasDomains: ['text'],
  },
  'hand-over': {
    ...common,
    ...access,
    usesPop3: 'boolean',
    forwards: [forward],
    scripts: [{ fileName: 'text', name: 'text', active: 'boolean', installed: 'boolean' }],
    addressBooks: [{ fileName: 'text', contacts: 'number', imported: 'boolean' }],
    activeSync: 'boolean?',
    oldMailboxUntil: 'date?',
  },
  reminder: { ...common, ...access, handedOverAt: 'date', count: 'number', oldMailboxUntil: 'date?' },
  'password-reset': { ...common, ...access },
  'keep-old-server': {
    ...common,
    mailbox,
    oldSettings: settings,
    since: 'date',
    wasHandedOver: 'boolean',
    nextMoveDate: 'date?',
  },
  quota: {
    ...common,
    mailbox: { ...mailbox, usedBytes: 'number', quotaBytes: 'number' },
    moveDate: 'date?',
    folders: [{ name: 'text', bytes: 'number' }],
  },
  'switch-off': {
    ...common,
    mailbox,
    switchOffDate: 'date',
    newSettings: settings,
    oldSettings: settings,
    oldLogins: [{ protocol: 'text', lastSeen: 'date', from: 'text?' }],
  },
  digest: {
    ...common,
    mailboxes: [{ address: 'text', name: 'text?', state: 'text', lastOldLogin: 'date?', letter: 'text?' }],
    moveDate: 'date?',
    moved: 'boolean',
    oldMailboxUntil: 'date?',
  },
}

/** What `site.md` may use; pictures are put in by their slots. */
export const siteShape: ShapeOf<Omit<SiteData, 'screenshots'>> = {
  provider,
  links,
  newSettings: settings,
  oldSettings: settings,
  passwordRule,
  domains: [{ domain: 'text', moveDate: 'date?', moved: 'boolean', oldMailboxUntil: 'date?' }],
  activeSync: 'boolean?',
}

/** What every template may use beside its data: put in by the renderer. */
export const givenShape = { language: 'text', letter: 'boolean' } as const
