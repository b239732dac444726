import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { analyse, check, isSieveSyntaxError, parse, print, rewriteForMailcow } from '../src/index.ts'
import { fixtures, recordedRenaming, recordedServers } from './sieve-fixtures.ts'

const noSieve = {
  'broken-missing-semicolon': ['syntax', 4, 1],
  'broken-procmail': ['syntax', 1, 1],
  'broken-unclosed-brace': ['unterminated', 4, 1],
  'broken-unterminated-text': ['unterminated', 2, 10],
  'crlf-bom': ['byteOrderMark', 1, 1],
}

describe('64 scripts of other programs', () => {
  it('are all of them', () => {
    const files = readdirSync(new URL('data/sieve/', import.meta.url)).filter((name) =>
      name.endsWith('.sieve'),
    )
    expect(fixtures.map(({ name }) => `${name}.sieve`).toSorted()).toEqual(files.toSorted())
    expect(fixtures).toHaveLength(64)
  })

  it('are written again byte for byte, or are no Sieve', () => {
    const errors: Record<string, unknown> = {}
    const written = fixtures.map(({ name, script }) => {
      try {
        return print(parse(script))
      } catch (error) {
        if (!isSieveSyntaxError(error)) throw error
        errors[name] = [error.code, error.line, error.column]
        return script
      }
    })
    expect(written).toEqual(fixtures.map(({ script }) => script))
    expect(errors).toEqual(noSieve)
  })

  it.each(['old', 'new', 'oldFull'] as const)('are accepted and refused as the server %s did', (server) => {
    const verdicts = Object.fromEntries(
      fixtures.map(({ name, script }) => [name, check(script, recordedServers[server]).ok]),
    )
    expect(verdicts).toEqual(
      Object.fromEntries(fixtures.map(({ name, accepted }) => [name, accepted[server]])),
    )
  })

  it('have problems with a place in the script', () => {
    for (const { script } of fixtures) {
      const lines = Buffer.from(script).toString('latin1').split('\n').length
      for (const problem of check(script, recordedServers.new).problems) {
        expect(problem.line).toBeGreaterThan(0)
        expect(problem.line).toBeLessThanOrEqual(lines)
        expect(problem.column).toBeGreaterThan(0)
      }
    }
  })

  it('are renamed as it was done by hand', () => {
    const differing = fixtures.filter(({ script, renamed }) => {
      if (renamed === undefined) return false
      const { script: ours } = rewriteForMailcow(script, recordedRenaming)
      return Buffer.compare(ours, renamed) !== 0
    })
    // by hand, its imapflags stayed
    expect(differing.map(({ name }) => name)).toEqual(['squirrelmail-avelsieve'])
    expect(fixtures.filter(({ renamed }) => renamed !== undefined)).toHaveLength(24)
  })

  it.each(['en', 'de'] as const)('are explained (%s)', (language) => {
    for (const { name, script } of fixtures) {
      const { rules, readable, problem } = analyse(script, { language })
      expect({ name, readable }).toEqual({ name, readable: !(name in noSieve) })
      expect(problem === undefined).toBe(readable)
      for (const { sentence } of rules) expect(sentence).toMatch(/^\P{Ll}.*[.!?]$/su)
    }
  })
})
