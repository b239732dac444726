import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MailcowClient, ROUTES } from '../../src/index.ts'
import { readRecording, RECORDING_NAMES } from '../replay.ts'

/** Recorded paths that are no calls of the API: the client has no method for them, on purpose. */
const NO_ROUTE: Readonly<Record<string, string>> = {
  '/api/': 'the documentation page',
  '/api/v1/': 'no route',
  '/api/v1/frobnicate/domain': 'no route',
  '/api/v1/get/frobnicate/all': 'no route',
  '/api/v1/add/frobnicate': 'no route',
  '/api/v1/edit/frobnicate': 'no route',
  '/api/v1/delete/frobnicate': 'no route',
  '/api/v1/get/status/nope': 'no route',
}

/** The longest of our routes that the path begins with. */
function routeOf(path: string): string | undefined {
  const plain = path.replace('/api/v1/', '').replace(/\?.*/, '')
  return ROUTES.filter((route) => plain === route || plain.startsWith(`${route}/`)).toSorted(
    (left, right) => right.length - left.length,
  )[0]
}

function sourcesIn(folder: URL, isWanted: (file: string) => boolean): string {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && isWanted(file))
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    .join('\n')
}

describe('the recordings', () => {
  const tables = sourcesIn(new URL('.', import.meta.url), (file) => file !== 'coverage.test.ts')
  // The table of logs makes their names of number and log.
  const isAsserted = (name: string): boolean =>
    tables.includes(`'${name}'`) ||
    tables.includes(`[${name.slice(0, 3)}, '${name.replace(/^\d+-get-logs-/, '')}']`)

  test('are all there', () => {
    expect(RECORDING_NAMES.length).toBeGreaterThan(520)
  })

  test('are of routes that have a method', () => {
    const paths = RECORDING_NAMES.map((name) => readRecording(name).request.path)
    expect(paths.filter((path) => routeOf(path) === undefined && !(path in NO_ROUTE))).toEqual([])
  })

  test('are all asserted', () => {
    expect(RECORDING_NAMES.filter((name) => !isAsserted(name))).toEqual([])
  })
})

describe('the routes', () => {
  test('are all called by a method', () => {
    const sources = sourcesIn(
      new URL('../../src/', import.meta.url),
      (file) => !file.endsWith('.test.ts') && file !== 'routes.ts',
    )
    expect(ROUTES.filter((route) => !sources.includes(`'${route}'`))).toEqual([])
  })

  test('each method stands in the table of the README, and each that stands there is a method', async () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const rows = readme.matchAll(/^\| `(\w+)` \| ([^|]*) \|/gm)
    const told = Object.fromEntries(
      Array.from(rows, ([, resource = '', methods = '']) => [
        resource,
        (methods.match(/\w+/g) ?? []).toSorted(),
      ]),
    )
    await using client = new MailcowClient({ url: 'https://mail.example', apiKey: 'KEY' })
    const resources = Object.entries(client).map(([resource, object]: [string, object]) => [
      resource,
      Object.getOwnPropertyNames(Object.getPrototypeOf(object))
        .filter((name) => name !== 'constructor')
        .toSorted(),
    ])
    expect(Object.fromEntries(resources)).toEqual(told)
  })

  test('are those in the table of the README', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const named = readme.match(/`(?:get|add|edit|delete|search)\/[^`*]*`/g) ?? []
    expect([...new Set(named)].map((route) => route.slice(1, -1)).toSorted()).toEqual([...ROUTES].toSorted())
  })
})
