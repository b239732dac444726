import { keyList } from './core.ts'
import type { ExtensionRule, TagRule, ValueRule } from './rules.ts'

const flags: ValueRule = { name: 'flags', kind: 'strings', check: 'flags' }
const variable: ValueRule = { name: 'variable', kind: 'string', check: 'variable' }

function flagCommand(name: string) {
  return {
    name,
    kind: 'command' as const,
    tags: [],
    positional: [variable, flags],
    optional: 'first' as const,
    extra: true as const,
  }
}

const flagCommands = ['setflag', 'addflag', 'removeflag'].map(flagCommand)

const zoneTag: TagRule = {
  name: 'zone',
  group: 'zone',
  value: { name: 'time zone', kind: 'string', check: 'zone' },
}
const datePart: ValueRule = { name: 'date part', kind: 'string', check: 'datePart' }
const indexTag: TagRule = {
  name: 'index',
  value: { name: 'field number', kind: 'number', check: 'positive' },
}

/** IETF extensions of filing, matching and flags. */
export const standardExtensions: readonly ExtensionRule[] = [
  { name: 'comparator-i;octet' },
  { name: 'comparator-i;ascii-casemap' },
  { name: 'comparator-i;ascii-numeric', comparators: ['i;ascii-numeric'] },
  // RFC 5228 §2.4.2.4
  { name: 'encoded-character' },
  // RFC 5228 §4.1
  {
    name: 'fileinto',
    commands: [
      {
        name: 'fileinto',
        kind: 'command',
        tags: [],
        positional: [{ name: 'folder', kind: 'string', check: 'folder' }],
      },
    ],
  },
  // RFC 5228 §5.4
  {
    name: 'envelope',
    commands: [
      {
        name: 'envelope',
        kind: 'test',
        tags: [],
        match: 'i;ascii-casemap',
        addressParts: true,
        positional: [{ name: 'envelope parts', kind: 'strings', check: 'envelopePart' }, keyList],
      },
    ],
  },
  // RFC 3894
  { name: 'copy', tags: [{ commands: ['redirect', 'fileinto'], tag: { name: 'copy' } }] },
  // RFC 5231
  {
    name: 'relational',
    matchTypes: [
      { name: 'value', relation: true },
      { name: 'count', relation: true },
    ],
  },
  // draft-ietf-sieve-regex
  { name: 'regex', matchTypes: [{ name: 'regex', regex: true }] },
  // RFC 5233
  { name: 'subaddress', addressParts: ['user', 'detail'] },
  // RFC 5173
  {
    name: 'body',
    commands: [
      {
        name: 'body',
        kind: 'test',
        match: 'i;ascii-casemap',
        tags: [
          { name: 'raw', group: 'transform' },
          { name: 'text', group: 'transform' },
          { name: 'content', group: 'transform', value: { name: 'content types', kind: 'strings' } },
        ],
        positional: [keyList],
      },
    ],
  },
  // RFC 5260
  {
    name: 'date',
    commands: [
      {
        name: 'date',
        kind: 'test',
        match: 'i;ascii-casemap',
        tags: [zoneTag, { name: 'originalzone', group: 'zone' }],
        positional: [{ name: 'header name', kind: 'string', check: 'headerName' }, datePart, keyList],
      },
      {
        name: 'currentdate',
        kind: 'test',
        match: 'i;ascii-casemap',
        tags: [zoneTag],
        positional: [datePart, keyList],
      },
    ],
  },
  // RFC 5260 §6
  {
    name: 'index',
    tags: [
      { commands: ['header', 'address', 'date'], tag: indexTag },
      { commands: ['header', 'address', 'date'], tag: { name: 'last', needs: 'index', repeatable: true } },
    ],
  },
  // RFC 5232
  {
    name: 'imap4flags',
    conflicts: ['imapflags'],
    commands: [
      ...flagCommands,
      {
        name: 'hasflag',
        kind: 'test',
        match: 'i;ascii-casemap',
        tags: [],
        positional: [
          { name: 'variables', kind: 'strings', check: 'readVariable' },
          { name: 'flags', kind: 'strings', keys: true },
        ],
        optional: 'first',
      },
    ],
    tags: [{ commands: ['keep', 'fileinto'], tag: { name: 'flags', value: flags } }],
  },
  // draft-melnikov-sieve-imapflags-03; deprecated
  {
    name: 'imapflags',
    deferred: true,
    conflicts: ['imap4flags'],
    commands: [
      ...flagCommands,
      { name: 'mark', kind: 'command', tags: [], positional: [] },
      { name: 'unmark', kind: 'command', tags: [], positional: [] },
    ],
  },
  // RFC 5490
  {
    name: 'mailbox',
    commands: [
      {
        name: 'mailboxexists',
        kind: 'test',
        tags: [],
        positional: [{ name: 'folders', kind: 'strings', check: 'folderInTest' }],
      },
    ],
    tags: [{ commands: ['fileinto'], tag: { name: 'create' } }],
  },
  // RFC 5490 §3
  {
    name: 'mboxmetadata',
    commands: [
      {
        name: 'metadata',
        kind: 'test',
        match: 'i;ascii-casemap',
        tags: [],
        positional: [
          { name: 'folder', kind: 'string', check: 'folderInTest' },
          { name: 'annotation', kind: 'string' },
          keyList,
        ],
      },
      {
        name: 'metadataexists',
        kind: 'test',
        tags: [],
        positional: [
          { name: 'folder', kind: 'string', check: 'folderInTest' },
          { name: 'annotations', kind: 'strings' },
        ],
      },
    ],
  },
  // RFC 5490 §4
  {
    name: 'servermetadata',
    commands: [
      {
        name: 'servermetadata',
        kind: 'test',
        match: 'i;ascii-casemap',
        tags: [],
        positional: [{ name: 'annotation', kind: 'string' }, keyList],
      },
      {
        name: 'servermetadataexists',
        kind: 'test',
        tags: [],
        positional: [{ name: 'annotations', kind: 'strings' }],
      },
    ],
  },
  // RFC 8579
  {
    name: 'special-use',
    commands: [
      {
        name: 'specialuse_exists',
        kind: 'test',
        tags: [],
        positional: [
          { name: 'folder', kind: 'string', check: 'folderInTest' },
          { name: 'special uses', kind: 'strings' },
        ],
        optional: 'first',
        extra: true,
      },
    ],
    tags: [
      {
        commands: ['fileinto'],
        tag: { name: 'specialuse', value: { name: 'special use', kind: 'string', check: 'specialUse' } },
      },
    ],
  },
  // RFC 5703 §4
  {
    name: 'mime',
    tags: [
      { commands: ['header', 'address', 'exists'], tag: { name: 'mime' } },
      {
        commands: ['header', 'address', 'exists'],
        tag: { name: 'anychild', needs: 'mime', repeatable: true },
      },
      ...(['type', 'subtype', 'contenttype'] as const).map((name) => ({
        commands: ['header'],
        tag: { name, needs: 'mime', group: 'mime option' },
      })),
      {
        commands: ['header'],
        tag: {
          name: 'param',
          needs: 'mime',
          group: 'mime option',
          value: { name: 'parameters', kind: 'strings' },
        },
      },
    ],
  },
  // RFC 5703 §3
  {
    name: 'foreverypart',
    commands: [
      {
        name: 'foreverypart',
        kind: 'command',
        tags: [{ name: 'name', repeatable: true, value: { name: 'name', kind: 'string' } }],
        positional: [],
        block: true,
      },
      {
        name: 'break',
        kind: 'command',
        tags: [{ name: 'name', repeatable: true, value: { name: 'name', kind: 'string' } }],
        positional: [],
      },
    ],
  },
  // RFC 5703 §7
  {
    name: 'extracttext',
    needs: ['variables', 'foreverypart'],
    commands: [
      {
        name: 'extracttext',
        kind: 'command',
        modifiers: true,
        tags: [{ name: 'first', value: { name: 'length', kind: 'number' } }],
        positional: [{ name: 'variable', kind: 'string', check: 'variable' }],
      },
    ],
  },
  // RFC 5229
  {
    name: 'variables',
    commands: [
      {
        name: 'set',
        kind: 'command',
        modifiers: true,
        tags: [],
        positional: [variable, { name: 'value', kind: 'string' }],
      },
      {
        name: 'string',
        kind: 'test',
        match: 'i;octet',
        tags: [],
        positional: [{ name: 'source', kind: 'strings' }, keyList],
      },
    ],
    modifiers: {
      lower: 40,
      upper: 40,
      lowerfirst: 30,
      upperfirst: 30,
      quotewildcard: 20,
      length: 10,
    },
  },
  // RFC 5183
  {
    name: 'environment',
    commands: [
      {
        name: 'environment',
        kind: 'test',
        match: 'i;ascii-casemap',
        tags: [],
        positional: [{ name: 'item', kind: 'string' }, keyList],
      },
    ],
  },
  // RFC 6785
  { name: 'imapsieve' },
  { name: 'vnd.dovecot.imapsieve' },
  // RFC 6609
  {
    name: 'include',
    commands: [
      {
        name: 'include',
        kind: 'command',
        tags: [
          { name: 'personal', group: 'location' },
          { name: 'global', group: 'location' },
          { name: 'once', repeatable: true },
          { name: 'optional', repeatable: true },
        ],
        positional: [{ name: 'script', kind: 'string', check: 'scriptName', literal: true }],
      },
      { name: 'return', kind: 'command', tags: [], positional: [] },
      ...(['global', 'import', 'export'] as const).map((name) => ({
        name,
        kind: 'command' as const,
        tags: [],
        positional: [{ name: 'variables', kind: 'strings' as const }],
      })),
    ],
  },
  // RFC 5463
  {
    name: 'ihave',
    commands: [
      {
        name: 'ihave',
        kind: 'test',
        tags: [],
        positional: [{ name: 'capabilities', kind: 'strings', check: 'capability' }],
      },
      { name: 'error', kind: 'command', tags: [], positional: [{ name: 'message', kind: 'string' }] },
    ],
  },
]
