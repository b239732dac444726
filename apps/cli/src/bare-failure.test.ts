import { spawnSync } from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import { expect, test } from 'vitest'

// As in a broken installation: the stages' code cannot be loaded, neither by a command nor by what renders its error.
const broken = `import { registerHooks } from 'node:module'
registerHooks({
  resolve(specifier, context, next) {
    if (specifier === '@iteg/migration') throw new SyntaxError('Duplicate export of \\u001b[31mx')
    return next(specifier, context)
  },
})`

function run(...args: readonly string[]) {
  const hook = `data:text/javascript,${encodeURIComponent(broken)}`
  const flags = ['--conditions=@iteg/source', '--disable-warning=ExperimentalWarning', '--import', hook]
  return spawnSync(process.execPath, [...flags, path.join(import.meta.dirname, 'main.ts'), ...args], {
    encoding: 'utf8',
  })
}

test('says what is wrong when its own code cannot be loaded, to people and to scripts', () => {
  const plain = run('survey', 'example.at')
  expect([plain.status, plain.stdout]).toEqual([70, ''])
  expect(plain.stderr).toBe(
    String.raw`error: This should not happen: Duplicate export of \x1b[31mx` +
      '\n→ Run it again with --verbose and report what it prints. Nothing that was done is lost.\n',
  )
  expect(run('survey', 'example.at', '--verbose').stderr).toContain('    at ')
  const document: unknown = JSON.parse(run('survey', 'example.at', '--json').stdout)
  expect(document).toMatchObject({ schema: 'mailmove.error/1', code: 'bug', exitCode: 70 })
}, 30_000)
