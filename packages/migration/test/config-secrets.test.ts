import * as fc from 'fast-check'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig, parseConfig } from '../src/config/index.ts'
import { env, problemsOf, small } from './config-support.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

function databaseProblem(url: string): string {
  return problemsOf(small.replace('kind: file, path: inventory.csv', `kind: postfixadmin, url: ${url}`)).join(
    '\n',
  )
}

describe('secrets', () => {
  const places = ['OLD_MASTER_PASSWORD', 'MAILCOW_API_KEY', 'NEW_MASTER_PASSWORD']

  it('are never repeated, in whatever way they are written into the file', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9]{10,20}$/u)
    const wrapping = fc.constantFrom(
      '',
      '*',
      '&',
      '!',
      '{',
      '[',
      '|',
      '>',
      '%',
      '@',
      '`',
      '"',
      "'",
      '? ',
      '- ',
      ': ',
      'file:',
      '$',
      '${',
      '#',
      '!!str ',
      '\t',
    )
    fc.assert(
      fc.property(secret, wrapping, wrapping, fc.constantFrom(...places), (value, before, after, place) => {
        fc.pre(before !== 'file:')
        const problems = problemsOf(small.replace(`\${${place}}`, `${before}${value}${after}`))
        expect(problems).not.toEqual([])
        expect(problems.join('\n')).not.toContain(value)
      }),
      { numRuns: 1000 },
    )
  })

  it('come from files beside the configuration, without the line end, with a warning when others can read them', async () => {
    const path = join(folder, 'mailmove.yaml')
    await writeFile(join(folder, 'master.secret'), 'from-file\n', { mode: 0o600 })
    await writeFile(path, small.replace('${OLD_MASTER_PASSWORD}', 'file:./master.secret'))
    const config = await loadConfig(path, { env })
    expect([config.old.master.password.reveal(), config.warnings]).toEqual(['from-file', []])
    await chmod(join(folder, 'master.secret'), 0o644)
    const { warnings } = await loadConfig(path, { env })
    expect(warnings.map(({ message }) => message)).toEqual([
      `${join(folder, 'master.secret')} can be read by other users: chmod 600 it`,
    ])
  })

  it.each([
    ['${NOT_SET}', 'the environment variable NOT_SET is not set (export NOT_SET=... before you start)'],
    [
      '${constructor}',
      'the environment variable constructor is not set (export constructor=... before you start)',
    ],
    ['file:/nowhere/secret', 'there is no file /nowhere/secret'],
    ['file:/', '/ is not a file'],
    ['12345678', 'old.master.password must be text'],
    [
      '"x${OLD_MASTER_PASSWORD}"',
      'a secret must not stand in this file (write ${NAME} and set that environment variable, or file:PATH)',
    ],
  ])('must lead somewhere: %s', (reference, expected) => {
    const [problem = ''] = problemsOf(small.replace('${OLD_MASTER_PASSWORD}', reference))
    expect(problem.replace(/^3:39: (?:old\.master\.password: )?/u, '')).toBe(expected)
  })

  it('may be looked up later, for commands that need none', () => {
    const config = parseConfig(small, 'm.yaml', { env: {}, secrets: 'later' })
    expect(() => config.old.master.password.reveal()).toThrow(
      '${OLD_MASTER_PASSWORD}: the environment variable OLD_MASTER_PASSWORD is not set',
    )
  })

  it.each([
    ['${URL}', 'mysql://a:b@c/d'],
    ['sqlite:./pfa.db', 'sqlite:/etc/mailmove/pfa.db'],
    ['mysql://reader@db.example/pfa', 'mysql://reader@db.example/pfa'],
    ['mysql://reader:${PW}@db.example/pfa', 'mysql://reader:p%40ss%2Fword@db.example/pfa'],
  ])('of databases may be whole URLs or stand inside one: %s', (url, expected) => {
    const text = small.replace('kind: file, path: inventory.csv', `kind: postfixadmin, url: ${url}`)
    const config = parseConfig(text, '/etc/mailmove/m.yaml', {
      env: { ...env, URL: 'mysql://a:b@c/d', PW: 'p@ss/word' },
    })
    expect(
      config.old.inventory.map((source) => source.kind === 'postfixadmin' && source.url.reveal()),
    ).toEqual([expected])
  })

  it('of databases are refused in the clear, or when they are something else', () => {
    expect(databaseProblem('mysql://reader:hunter2@db/pfa')).toContain(
      'a password must not stand in this file',
    )
    expect(databaseProblem('${OLD_MASTER_PASSWORD}')).toContain('this is no database URL')
    expect(databaseProblem('https://db.example/')).toContain('this is no database URL')
  })
})
