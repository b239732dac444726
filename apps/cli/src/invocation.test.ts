import { describe, expect, test } from 'vitest'
import { asTyped, detectInvocation, repeatCommand } from './invocation.ts'

const clone = { npm_lifecycle_event: 'mailmove', npm_package_json: '/src/mailmove/package.json' }

describe('detectInvocation', () => {
  test('takes the directory in which the user stood, in a clone', () => {
    expect(detectInvocation({ ...clone, INIT_CWD: '/home/admin' }, '/src/mailmove')).toEqual({
      program: 'npm --prefix /src/mailmove run -s mailmove --',
      directory: '/home/admin',
    })
    expect(detectInvocation({ ...clone, INIT_CWD: '/src/mailmove' }, '/src/mailmove')).toEqual({
      program: 'npm run -s mailmove --',
      directory: '/src/mailmove',
    })
  })
  test('believes the working directory otherwise', () => {
    const other = { ...clone, npm_lifecycle_event: 'nightly', INIT_CWD: '/home/admin' }
    const here = { program: 'mailmove', directory: '/etc/mailmove' }
    expect(detectInvocation(other, '/etc/mailmove')).toEqual(here)
    expect(detectInvocation({}, '/etc/mailmove')).toEqual(here)
  })
})

test('a command line can be pasted into a shell', () => {
  const here = { program: 'mailmove', directory: '/' }
  expect(repeatCommand(here, ['accept', 'example.at', 'over-quota', '--reason', "it's $fine"])).toBe(
    String.raw`mailmove accept example.at over-quota --reason 'it'\''s $fine'`,
  )
})

test('commands in texts are shown as they must be typed', () => {
  const npm = { program: 'npm run -s mailmove --', directory: '/' }
  expect(
    asTyped('Run mailmove copy example.at, then mailmove verify example.at.', npm, '/etc/my file.yaml'),
  ).toBe(
    "Run npm run -s mailmove -- --config '/etc/my file.yaml' copy example.at, then " +
      "npm run -s mailmove -- --config '/etc/my file.yaml' verify example.at.",
  )
  expect(asTyped('mailmove is a program', npm, 'x')).toBe('mailmove is a program')
  expect(asTyped('mailmove status', { ...npm, program: 'mailmove' }, undefined)).toBe('mailmove status')
})
