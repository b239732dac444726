import { execFileSync } from 'node:child_process'
import process from 'node:process'
import { expect, it } from 'vitest'

const PROGRAM = `
import { registerHooks } from 'node:module'
const loaded = new Set()
registerHooks({
  load(url, context, next) {
    const library = /(?:node_modules|packages)\\/((?:@[^/]+\\/)?[^/]+)(?!.*node_modules)/.exec(url)?.[1]
    if (library !== undefined) loaded.add(library)
    return next(url, context)
  },
})
const { openMigration } = await import('@iteg/migration')
console.log(JSON.stringify([typeof openMigration, ...loaded]))
`

it('loads what speaks to servers only when a server is spoken to: status and --help start without', () => {
  const options = ['--conditions=@iteg/source', '--disable-warning=ExperimentalWarning']
  const text = execFileSync(process.execPath, [...options, '--input-type=module', '--eval', PROGRAM], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  })
  const loaded: readonly string[] = JSON.parse(text)
  expect(loaded).toEqual(expect.arrayContaining(['function', 'zod', 'kysely']))
  const speakers = ['mailcow-client', 'undici', 'imapflow', 'mysql2', 'pg', 'tsdav']
  expect(loaded.filter((library) => speakers.includes(library))).toEqual([])
})
