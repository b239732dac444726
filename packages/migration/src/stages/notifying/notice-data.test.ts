import { afterEach, expect, it, vi } from 'vitest'
import type { ServerConfig } from '../../config/index.ts'
import { localDay } from './local-day.ts'
import { oldSettings } from './notice-data.ts'

afterEach(() => vi.unstubAllEnvs())

function settings(imap: Partial<ServerConfig>, oldHost?: string) {
  const old = { imap: { host: 'mailhaus.example', port: 993, tls: 'implicit', ...imap } } as const
  return oldSettings({ old, ...(oldHost === undefined ? {} : { notify: { oldHost } }) })
}

it('says the old settings as the configuration has them', () => {
  expect(settings({}).imap).toEqual({ host: 'mailhaus.example', port: 993, security: 'ssl' })
  expect(settings({ port: 1993 }, 'imap.iteg.example').imap).toEqual({
    host: 'imap.iteg.example',
    port: 1993,
    security: 'ssl',
  })
  expect(settings({ port: 143, tls: 'starttls' })).toMatchObject({
    imap: { port: 143, security: 'starttls' },
    pop3: { port: 110, security: 'starttls' },
    smtp: { port: 587, security: 'starttls' },
  })
  // What only this machine may do is not what users do.
  expect(settings({ host: '127.0.0.1', port: 143, tls: 'none' }, 'mailhaus.example').imap).toEqual({
    host: 'mailhaus.example',
    port: 993,
    security: 'ssl',
  })
})

it.each([
  ['Pacific/Auckland', '2026-11-24T20:30:00Z', '2026-11-25', '2026-12-25'],
  ['America/Los_Angeles', '2026-11-24T05:30:00Z', '2026-11-23', '2026-12-23'],
  // The clocks go back on 25 October: that day has 25 hours.
  ['Europe/Vienna', '2026-10-24T22:30:00Z', '2026-10-25', '2026-11-24'],
])('counts days as %s does', (zone, instant, day, later) => {
  vi.stubEnv('TZ', zone)
  expect(localDay(new Date(instant))).toBe(day)
  expect(localDay(new Date(instant), 30)).toBe(later)
})
