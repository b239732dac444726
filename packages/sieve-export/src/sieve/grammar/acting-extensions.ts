import { keyList } from './core.ts'
import type { CommandRule, ExtensionRule, TagRule } from './rules.ts'

const importance = { name: 'importance', kind: 'string', check: 'importance' } as const
const oldImportance: readonly TagRule[] = ['low', 'normal', 'high'].map((name) => ({
  name,
  group: 'importance',
}))

function spamTest(name: string, tags: readonly TagRule[] = []): CommandRule {
  return {
    name,
    kind: 'test',
    match: 'i;ascii-casemap',
    tags,
    positional: [{ name: 'value', kind: 'string', keys: true }],
  }
}

function duplicate(idTag: string): CommandRule {
  const value = { kind: 'string' } as const
  return {
    name: 'duplicate',
    kind: 'test',
    tags: [
      { name: 'seconds', value: { name: 'seconds', kind: 'number' } },
      { name: 'last' },
      { name: 'header', group: 'id', value: { ...value, name: 'header name', check: 'headerName' } },
      { name: idTag, group: 'id', value: { ...value, name: 'value' } },
      { name: 'handle', value: { ...value, name: 'handle' } },
    ],
    positional: [],
  }
}

function program(name: string, kind: CommandRule['kind'], tags: readonly TagRule[] = []): CommandRule {
  return {
    name,
    kind,
    tags,
    positional: [
      { name: 'program', kind: 'string', check: 'programName', literal: true },
      { name: 'arguments', kind: 'strings', check: 'programArgument' },
    ],
    optional: 'last',
  }
}

/** Extensions that answer, notify, change or hand over mail, or ask filters about it. */
export const actingExtensions: readonly ExtensionRule[] = [
  // RFC 5429
  {
    name: 'reject',
    commands: [
      { name: 'reject', kind: 'command', tags: [], positional: [{ name: 'reason', kind: 'string' }] },
    ],
  },
  {
    name: 'ereject',
    commands: [
      { name: 'ereject', kind: 'command', tags: [], positional: [{ name: 'reason', kind: 'string' }] },
    ],
  },
  // RFC 5230
  {
    name: 'vacation',
    commands: [
      {
        name: 'vacation',
        kind: 'command',
        tags: [
          { name: 'days', group: 'period', value: { name: 'days', kind: 'number' } },
          { name: 'subject', value: { name: 'subject', kind: 'string' } },
          { name: 'from', value: { name: 'address', kind: 'string', check: 'address' } },
          { name: 'addresses', value: { name: 'addresses', kind: 'strings' } },
          { name: 'mime' },
          { name: 'handle', repeatable: true, value: { name: 'handle', kind: 'string' } },
        ],
        positional: [{ name: 'reason', kind: 'string' }],
      },
    ],
  },
  // RFC 6131
  {
    name: 'vacation-seconds',
    implies: ['vacation'],
    tags: [
      {
        commands: ['vacation'],
        tag: { name: 'seconds', group: 'period', value: { name: 'seconds', kind: 'number' } },
      },
    ],
  },
  // RFC 7352
  { name: 'duplicate', commands: [duplicate('uniqueid')] },
  { name: 'vnd.dovecot.duplicate', commands: [duplicate('value')] },
  // RFC 5293
  {
    name: 'editheader',
    commands: [
      {
        name: 'addheader',
        kind: 'command',
        tags: [{ name: 'last' }],
        positional: [
          { name: 'field name', kind: 'string', check: 'headerNameStrict' },
          { name: 'value', kind: 'string' },
        ],
      },
      {
        name: 'deleteheader',
        kind: 'command',
        match: 'i;ascii-casemap',
        tags: [
          { name: 'index', value: { name: 'field number', kind: 'number', check: 'index' } },
          { name: 'last' },
        ],
        positional: [{ name: 'field name', kind: 'strings', check: 'headerNameStrict' }, keyList],
        optional: 'last',
      },
    ],
  },
  // RFC 5435, RFC 5436
  {
    name: 'enotify',
    conflicts: ['notify'],
    modifiers: { encodeurl: 15 },
    commands: [
      {
        name: 'notify',
        kind: 'command',
        tags: [
          { name: 'importance', value: importance },
          { name: 'from', value: { name: 'address', kind: 'string' } },
          { name: 'options', value: { name: 'options', kind: 'strings' } },
          { name: 'message', value: { name: 'message', kind: 'string' } },
        ],
        // What the method says of its URI, options and sender: check/notify.ts
        positional: [{ name: 'method', kind: 'string' }],
      },
      {
        name: 'valid_notify_method',
        kind: 'test',
        tags: [],
        positional: [{ name: 'notification URIs', kind: 'strings' }],
      },
      {
        name: 'notify_method_capability',
        kind: 'test',
        match: 'i;ascii-casemap',
        tags: [],
        positional: [
          { name: 'notification URI', kind: 'string' },
          { name: 'capability', kind: 'string' },
          keyList,
        ],
      },
    ],
  },
  // draft-martin-sieve-notify-01; deprecated
  {
    name: 'notify',
    deferred: true,
    conflicts: ['enotify'],
    commands: [
      {
        name: 'notify',
        kind: 'command',
        tags: [
          {
            name: 'method',
            repeatable: true,
            value: { name: 'method', kind: 'string', check: 'mailtoOnly' },
          },
          { name: 'id', value: { name: 'id', kind: 'string' } },
          { name: 'message', value: { name: 'message', kind: 'string' } },
          { name: 'options', value: { name: 'addresses', kind: 'strings', check: 'address' } },
          ...oldImportance,
        ],
        positional: [],
      },
      {
        name: 'denotify',
        kind: 'command',
        match: 'i;octet',
        matchKey: true,
        tags: oldImportance,
        positional: [],
      },
    ],
  },
  // RFC 5235
  { name: 'spamtest', commands: [spamTest('spamtest', [{ name: 'percent', extension: 'spamtestplus' }])] },
  { name: 'spamtestplus', commands: [spamTest('spamtest', [{ name: 'percent' }])] },
  { name: 'virustest', commands: [spamTest('virustest')] },
  // RFC 6134
  {
    name: 'extlists',
    matchTypes: [{ name: 'list' }],
    tags: [{ commands: ['redirect'], tag: { name: 'list' } }],
    commands: [
      {
        name: 'valid_ext_list',
        kind: 'test',
        tags: [],
        positional: [{ name: 'lists', kind: 'strings' }],
      },
    ],
  },
  {
    name: 'vnd.dovecot.pipe',
    commands: [program('pipe', 'command', [{ name: 'try' }])],
    tags: [{ commands: ['pipe'], tag: { name: 'copy', extension: 'copy' } }],
  },
  { name: 'vnd.dovecot.filter', commands: [program('filter', 'either')] },
  {
    name: 'vnd.dovecot.execute',
    commands: [
      program('execute', 'either', [
        { name: 'input', group: 'input', value: { name: 'input', kind: 'string' } },
        { name: 'pipe', group: 'input' },
        {
          name: 'output',
          extension: 'variables',
          value: { name: 'variable', kind: 'string', check: 'variable' },
        },
      ]),
    ],
  },
  {
    name: 'vnd.dovecot.report',
    commands: [
      {
        name: 'report',
        kind: 'command',
        tags: [{ name: 'headers_only' }],
        positional: [
          { name: 'feedback type', kind: 'string', check: 'feedbackType' },
          { name: 'message', kind: 'string' },
          { name: 'address', kind: 'string', check: 'address' },
        ],
      },
    ],
  },
  {
    name: 'vnd.dovecot.debug',
    commands: [
      { name: 'debug_log', kind: 'command', tags: [], positional: [{ name: 'message', kind: 'string' }] },
    ],
  },
  { name: 'vnd.dovecot.environment', implies: ['environment'], namespaces: ['env'] },
  { name: 'vnd.dovecot.config' },
]
