import { expect, test } from 'vitest'
import { readCommand } from './command.ts'

test('commands are named as tests ask for them, and passwords are left out', () => {
  expect(readCommand(1, 'a1 uid fetch 1:* (FLAGS)')).toEqual({
    connection: 1,
    tag: 'a1',
    name: 'UID FETCH',
    line: 'a1 uid fetch 1:* (FLAGS)',
  })
  expect(readCommand(2, 'a2 LOGIN anna secret')?.line).toBe('a2 LOGIN')
  expect(readCommand(2, 'a3 AUTHENTICATE PLAIN AGFubmEAc2VjcmV0')?.line).toBe('a3 AUTHENTICATE')
  expect(readCommand(2, 'a4 NOOP')?.name).toBe('NOOP')
})

test('what is no command is none', () => {
  for (const line of ['DONE', 'AGFubmEAc2VjcmV0', '', '+ ', 'a5 '])
    expect(readCommand(1, line)).toBeUndefined()
})
