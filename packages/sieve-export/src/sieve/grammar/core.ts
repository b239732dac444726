import type { CommandRule, MatchTypeRule, PositionalRule } from './rules.ts'

const headerNames: PositionalRule = { name: 'header names', kind: 'strings', check: 'headerName' }
export const keyList: PositionalRule = { name: 'keys', kind: 'strings', keys: true }

function command(name: string, rule: Partial<CommandRule> = {}): CommandRule {
  return { name, kind: 'command', tags: [], positional: [], ...rule }
}

function test(name: string, rule: Partial<CommandRule> = {}): CommandRule {
  return { name, kind: 'test', tags: [], positional: [], ...rule }
}

/** RFC 5228 §3 to §5: what every server has without `require`. */
export const coreCommands: readonly CommandRule[] = [
  command('require', { positional: [{ name: 'capabilities', kind: 'strings', check: 'capability' }] }),
  command('if', { tests: 'one', block: true }),
  command('elsif', { tests: 'one', block: true }),
  command('else', { block: true }),
  command('stop'),
  command('keep'),
  command('discard'),
  command('redirect', { positional: [{ name: 'address', kind: 'string', check: 'address' }] }),
  test('true'),
  test('false'),
  test('not', { tests: 'one' }),
  test('anyof', { tests: 'list' }),
  test('allof', { tests: 'list' }),
  test('address', {
    match: 'i;ascii-casemap',
    addressParts: true,
    positional: [{ name: 'header names', kind: 'strings', check: 'addressHeader' }, keyList],
  }),
  test('header', { match: 'i;ascii-casemap', positional: [headerNames, keyList] }),
  test('exists', { positional: [headerNames] }),
  test('size', {
    tags: [
      { name: 'over', group: 'limit' },
      { name: 'under', group: 'limit' },
    ],
    oneOf: ['over', 'under'],
    positional: [{ name: 'limit', kind: 'number' }],
  }),
]

export const coreMatchTypes: readonly MatchTypeRule[] = [
  { name: 'is' },
  { name: 'contains', substring: true },
  { name: 'matches', substring: true },
]

export const coreComparators: readonly string[] = ['i;octet', 'i;ascii-casemap']

export const coreAddressParts: readonly string[] = ['all', 'localpart', 'domain']
