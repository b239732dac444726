import { expect, test } from 'vitest'
import { readArguments } from './arguments.ts'

test('everything at once', () => {
  expect(
    readArguments(['--json', '--inventory', 'a.yaml', '--only', 'imap,sink', '--dir', '/tmp/x']),
  ).toEqual({
    kind: 'run',
    json: true,
    inventory: 'a.yaml',
    only: ['imap'],
    dir: '/tmp/x',
  })
  expect(readArguments([])).toEqual({ kind: 'run', json: false })
  expect(readArguments(['--json', '--help'])).toEqual({ kind: 'help' })
})

test.for([
  [['--only', 'postfix'], 'The test bed has no part “postfix”: it has imap, mailcow, dns, smtp, sink.'],
  [['--only', '__proto__'], 'The test bed has no part “__proto__”: it has imap, mailcow, dns, smtp, sink.'],
  [['--jason'], "Unknown option '--jason' (see --help)."],
  [['start'], "Unexpected argument 'start' (see --help)."],
  [['--dir'], "Option '--dir <value>' argument missing (see --help)."],
] as const)('%j is refused in one sentence', ([args, sentence]) => {
  expect(() => readArguments(args)).toThrow(expect.objectContaining({ code: 'usage', message: sentence }))
})
