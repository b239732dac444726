/**
 * Which commands, tests, tags and arguments mailcow's web application accepts, extension by extension. It is less than
 * what Dovecot runs (no `include`, `ihave`, `foreverypart`...) and in places more (`spamtest`, `ereject`).
 */
export type ArgumentType = 'string' | 'string list' | 'number'

export interface Argument {
  readonly type: ArgumentType
  readonly name: string
  readonly optional?: boolean
  /** What the text must be, in lower case. */
  readonly values?: readonly string[]
}

/** Alternatives of which one may be given once; `takes` is what follows the tag. */
export interface TagGroup {
  readonly tags: readonly string[]
  readonly takes?: ArgumentType
  /** Only these tags of the group take something. */
  readonly takesAfter?: readonly string[]
}

export interface Command {
  readonly matchType?: boolean
  readonly comparator?: boolean
  readonly addressPart?: boolean
  readonly tags?: readonly TagGroup[]
  readonly arguments?: readonly Argument[]
  /** One test, or several in parentheses, after the arguments. */
  readonly tests?: 'one' | 'list'
  readonly block?: boolean
}

export interface Extension {
  readonly commands?: Readonly<Record<string, Command>>
  readonly tests?: Readonly<Record<string, Command>>
  readonly matchTypes?: readonly string[]
  readonly comparators?: readonly string[]
  readonly addressParts?: readonly string[]
  /** Tags for the commands and tests named. */
  readonly extraTags?: readonly { readonly of: readonly string[]; readonly group: TagGroup }[]
}

const string = (name: string, values?: readonly string[]): Argument => ({
  type: 'string',
  name,
  ...(values === undefined ? {} : { values }),
})
const strings = (name: string): Argument => ({ type: 'string list', name })
const COMPARED = { matchType: true, comparator: true } as const
const ONE_REASON: Command = { arguments: [string('reason')] }
const FLAGS: Command = { arguments: [strings('flag list')] }
const RUN: Command = { arguments: [string('program-name'), { ...strings('arguments'), optional: true }] }
const TESTED: Command = { tests: 'one', block: true }
const DATE_PARTS = 'year month day date julian hour minute second time iso8601 std11 zone weekday'.split(' ')
const ENVIRONMENT = 'domain host location name phase remote-host remote-ip version'.split(' ')

export const BASE: Extension = {
  commands: {
    discard: {},
    elsif: TESTED,
    else: { block: true },
    if: TESTED,
    keep: {},
    redirect: { arguments: [string('address string')] },
    require: { arguments: [strings('require string')] },
    stop: {},
  },
  tests: {
    address: { ...COMPARED, addressPart: true, arguments: [strings('header list'), strings('key list')] },
    allof: { tests: 'list' },
    anyof: { tests: 'list' },
    exists: { arguments: [strings('header names')] },
    false: {},
    header: { ...COMPARED, arguments: [strings('header names'), strings('key list')] },
    not: { tests: 'one' },
    size: { tags: [{ tags: ['over', 'under'] }], arguments: [{ type: 'number', name: 'limit' }] },
    true: {},
  },
  matchTypes: ['is', 'contains', 'matches', 'value'],
  comparators: ['i;octet', 'i;ascii-casemap', 'i;unicode-casemap'],
  addressParts: ['all', 'localpart', 'domain'],
}

function vacation(period: 'days' | 'seconds'): Command {
  return {
    tags: [
      { tags: [period], takes: 'number' },
      { tags: ['addresses'], takes: 'string list' },
      { tags: ['subject'], takes: 'string' },
      { tags: ['from'], takes: 'string' },
      { tags: ['handle'], takes: 'string' },
      { tags: ['mime'] },
    ],
    arguments: [string('reason')],
  }
}

const SCORE: Command = { ...COMPARED, arguments: [string('value')] }
const INDEXED = ['header', 'address', 'date', 'currentdate']

export const EXTENSIONS: Readonly<Record<string, Extension>> = {
  body: {
    tests: {
      body: {
        ...COMPARED,
        tags: [{ tags: ['raw', 'content', 'text'], takes: 'string list', takesAfter: ['content'] }],
        arguments: [strings('key list')],
      },
    },
  },
  'comparator-i;ascii-numeric': { comparators: ['i;ascii-numeric'] },
  copy: { extraTags: [{ of: ['fileinto', 'redirect'], group: { tags: ['copy'] } }] },
  date: {
    tests: {
      date: {
        ...COMPARED,
        tags: [{ tags: ['zone', 'originalzone'], takes: 'string', takesAfter: ['zone'] }],
        arguments: [string('header-name'), string('date-part', DATE_PARTS), strings('key-list')],
      },
      currentdate: {
        ...COMPARED,
        tags: [{ tags: ['zone'], takes: 'string' }],
        arguments: [string('date-part', DATE_PARTS), strings('key-list')],
      },
    },
  },
  duplicate: { tests: { duplicate: {} } },
  editheader: {
    commands: {
      addheader: { tags: [{ tags: ['last'] }], arguments: [string('field name'), string('value')] },
      deleteheader: {
        ...COMPARED,
        tags: [{ tags: ['index'], takes: 'number' }, { tags: ['last'] }],
        arguments: [string('field name'), { ...strings('value patterns'), optional: true }],
      },
    },
  },
  enotify: {
    commands: {
      notify: {
        tags: [
          { tags: ['importance', 'from', 'message'], takes: 'string' },
          { tags: ['options'], takes: 'string list' },
        ],
        arguments: [string('method')],
      },
    },
    tests: {
      valid_notify_method: { arguments: [strings('notification-uris')] },
      notify_method_capability: {
        arguments: [string('notification-uri'), string('notification-capability'), strings('key-list')],
      },
    },
  },
  envelope: {
    tests: {
      envelope: { ...COMPARED, addressPart: true, arguments: [strings('envelope-part'), strings('key')] },
    },
  },
  environment: {
    tests: { environment: { ...COMPARED, arguments: [string('name', ENVIRONMENT), strings('key-list')] } },
  },
  ereject: { commands: { ereject: ONE_REASON } },
  fileinto: { commands: { fileinto: { tags: [{ tags: ['create'] }], arguments: [string('folder')] } } },
  imap4flags: {
    commands: { setflag: FLAGS, addflag: FLAGS, removeflag: FLAGS },
    tests: { hasflag: { ...COMPARED, arguments: [strings('flag list')] } },
    extraTags: [{ of: ['fileinto', 'keep'], group: { tags: ['flags'], takes: 'string list' } }],
  },
  imapflags: { commands: { mark: {}, unmark: {}, setflag: FLAGS, addflag: FLAGS, removeflag: FLAGS } },
  index: {
    extraTags: [
      { of: INDEXED, group: { tags: ['index'], takes: 'number' } },
      { of: INDEXED, group: { tags: ['last'] } },
    ],
  },
  mailbox: { tests: { mailboxexists: { arguments: [string('folder')] } } },
  mime: {
    extraTags: [
      { of: ['header', 'address', 'exists'], group: { tags: ['mime'] } },
      { of: ['header', 'address', 'exists'], group: { tags: ['anychild'] } },
      { of: ['header'], group: { tags: ['type', 'subtype', 'contenttype'] } },
      { of: ['header'], group: { tags: ['param'], takes: 'string list' } },
    ],
  },
  notify: {
    commands: {
      notify: {
        tags: [
          { tags: ['method'], takes: 'string' },
          { tags: ['id'], takes: 'string' },
          { tags: ['low', 'normal', 'high'] },
          { tags: ['message'], takes: 'string' },
        ],
      },
      denotify: { matchType: true, tags: [{ tags: ['low', 'normal', 'high'] }] },
    },
  },
  regex: { matchTypes: ['regex'], extraTags: [{ of: ['set'], group: { tags: ['quoteregex'] } }] },
  reject: { commands: { reject: ONE_REASON } },
  relational: { matchTypes: ['count', 'value'] },
  spamtest: { tests: { spamtest: SCORE } },
  spamtestplus: { tests: { spamtest: { ...SCORE, tags: [{ tags: ['percent'] }] } } },
  subaddress: { addressParts: ['user', 'detail'] },
  vacation: { commands: { vacation: vacation('days') } },
  'vacation-seconds': { commands: { vacation: vacation('seconds') } },
  variables: {
    commands: {
      set: {
        tags: [
          { tags: ['lower', 'upper'] },
          { tags: ['lowerfirst', 'upperfirst'] },
          { tags: ['quotewildcard'] },
          { tags: ['length'] },
        ],
        arguments: [string('name'), string('value')],
      },
    },
    tests: { string: { ...COMPARED, arguments: [strings('source'), strings('key list')] } },
  },
  virustest: { tests: { virustest: SCORE } },
  'vnd.dovecot.execute': { commands: { execute: RUN }, tests: { execute: RUN } },
  'vnd.dovecot.filter': { commands: { filter: RUN }, tests: { filter: RUN } },
  'vnd.dovecot.pipe': { commands: { pipe: { ...RUN, tags: [{ tags: ['try'] }] } } },
}
