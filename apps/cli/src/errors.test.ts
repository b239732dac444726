import { ConfigError, DomainLockedError, GateError, ServerError, UsageError } from '@iteg/migration'
import { describe, expect, test } from 'vitest'
import { DidYouMeanError, nearest } from './did-you-mean.ts'
import { explain } from './errors.ts'
import { InterruptedError } from './interrupts.ts'

const holder = {
  domain: 'example.at',
  pid: 7,
  host: 'mail',
  since: new Date('2026-11-24T20:00:00Z'),
  command: 'copy',
}

describe('explain', () => {
  test.each([
    [new UsageError('No such domain.', { hint: 'Look.' }), 2, 'usage'],
    [new GateError('Not surveyed.', { domains: ['example.at'], hint: 'Survey it.' }), 3, 'gate'],
    [new DomainLockedError(holder), 3, 'domain_locked'],
    [new ServerError('new.mailcow', 'mailcow does not answer.'), 4, 'server'],
    [
      Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' }),
      4,
      'ECONNREFUSED',
    ],
    [new InterruptedError(), 130, 'interrupted'],
    [new TypeError('x is not a function'), 70, 'bug'],
    ['a thrown string', 70, 'bug'],
  ])('%s', (error, exitCode, code) => {
    expect(explain(error)).toMatchObject({ exitCode, code })
  })
  test('only a bug has a stack, with its causes', () => {
    const { stack, message } = explain(new TypeError('outer', { cause: new Error('inner') }))
    expect(message).toBe('This should not happen: outer')
    expect(stack).toMatch(/TypeError: outer[^]*caused by: Error: inner/)
    expect(explain(new UsageError('No.'))).not.toHaveProperty('stack')
  })
  test('a configuration keeps all its problems', () => {
    const problems = [
      { file: 'mailmove.yaml', line: 1, column: 2, message: 'one' },
      { file: 'mailmove.yaml', line: 3, column: 4, message: 'two' },
    ]
    expect(explain(new ConfigError('config_invalid', problems))).toEqual({
      exitCode: 2,
      code: 'config_invalid',
      message: 'mailmove.yaml has 2 problems; nothing was done.',
      remedy: 'Correct the lines that are named and run it again.',
      problems,
    })
  })
  test('a suggestion comes before the remedy and changes nothing else', () => {
    const cause = new UsageError('No such domain.', { hint: 'Look.' })
    expect(explain(new DidYouMeanError('Did you mean example.at?', { cause }))).toEqual({
      ...explain(cause),
      remedy: 'Did you mean example.at? Look.',
    })
  })
})

test('nearest suggests what is near, and nothing else', () => {
  const known = ['example.at', 'verein.example']
  expect(
    ['exampel.at', 'exmaple.at', 'example.com', 'firma.at', 'example.at'].map((name) => nearest(name, known)),
  ).toEqual(['example.at', 'example.at', undefined, undefined, undefined])
  expect(nearest('example.at', [])).toBeUndefined()
})
