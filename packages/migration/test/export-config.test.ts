import { describe, expect, it } from 'vitest'
import { domainConfig } from '../src/config/index.ts'
import { problemsOf, read, small } from './config-support.ts'

const withFiles = (files: string): string =>
  small.replace('imap: { host: mailhaus.example }', `$&\n  sieveFiles: ${files}`)

describe('old.sieveFiles', () => {
  it('has the places that Dovecot uses by itself', () => {
    expect(read(small).old.sieveFiles).toBeUndefined()
    expect(read(withFiles('{ home: /var/vmail/%d/%n }')).old.sieveFiles).toEqual({
      home: '/var/vmail/%d/%n',
      directory: 'sieve',
      active: '.dovecot.sieve',
      global: [],
    })
    const mailcow = '{ home: /var/vmail/%d/%n, active: /var/vmail/sieve/%u.sieve, global: [sieve] }'
    expect(read(withFiles(mailcow)).old.sieveFiles).toMatchObject({
      active: '/var/vmail/sieve/%u.sieve',
      global: ['/etc/mailmove/sieve'],
    })
  })

  it.each([
    [
      '/var/vmail',
      'several users would have the same home (write it with %d and %n (or %u), e.g. /var/vmail/%d/%n)',
    ],
    [
      '/var/vmail/%n',
      'several users would have the same home (write it with %d and %n (or %u), e.g. /var/vmail/%d/%n)',
    ],
    ['vmail/%u', 'this must be an absolute path (e.g. /var/vmail/%d/%n)'],
    ['/var/%Ld/%n', '%L is not known here (use %u, %n, %d, or %% for a percent sign)'],
    ['/var/%d/%n/%', '% is not known here (use %u, %n, %d, or %% for a percent sign)'],
    [
      '/var/%%d/%%n',
      'several users would have the same home (write it with %d and %n (or %u), e.g. /var/vmail/%d/%n)',
    ],
  ])('refuses the home %s', (home, problem) => {
    expect(problemsOf(withFiles(`{ home: "${home}" }`))).toEqual([`3:23: old.sieveFiles.home: ${problem}`])
  })
})

it('activates installed filters unless told not to', () => {
  const config = read(`${small}domains:\n  a.at: { filters: install }\n  b.at: { activateFilters: false }\n`)
  expect(domainConfig(config, 'a.at')).toMatchObject({ filters: 'install', activateFilters: true })
  expect(domainConfig(config, 'b.at')).toMatchObject({ filters: 'export', activateFilters: false })
  expect(domainConfig(config, 'c.at')).toMatchObject({ filters: 'export', activateFilters: true })
})
