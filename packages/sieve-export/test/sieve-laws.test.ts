import { assert, oneof, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  analyse,
  check,
  edit,
  folderNames,
  isSieveSyntaxError,
  mailcowServer,
  nodesOf,
  parse,
  print,
  quote,
  requiredExtensions,
  type RewriteOptions,
  rewriteForMailcow,
  type Script,
  type StringArgument,
  stringsOf,
} from '../src/index.ts'
import { anyBytes, grammaticalScript, tornScript } from './sieve-arbitrary.ts'

const anyScript = oneof(grammaticalScript, tornScript, anyBytes)
const options = {
  ...folderNames([
    { source: 'INBOX.X', target: 'X' },
    { source: 'INBOX.a.b', target: 'a/b' },
    { source: 'INBOX.Projekte.X', target: 'Projekte/X' },
    { source: 'INBOX.Gelöscht', target: 'Trash' },
    { source: 'INBOX.Gesendet', target: 'Sent' },
  ]),
  oldNamespace: { prefix: 'INBOX.', separator: '.' },
} satisfies RewriteOptions

function tree(script: Uint8Array): Script | undefined {
  try {
    return parse(script)
  } catch (error) {
    if (isSieveSyntaxError(error)) return undefined
    throw error
  }
}

describe('reading', () => {
  it('keeps every byte, or says where it is no Sieve', () => {
    assert(
      property(anyScript, (script) => {
        const read = tree(script)
        expect(read === undefined ? script : print(read)).toEqual(script)
      }),
      { numRuns: 2000 },
    )
  })

  it('reads what follows the grammar', () => {
    assert(
      property(grammaticalScript, (script) => {
        expect(print(parse(script))).toEqual(script)
      }),
      { numRuns: 1000 },
    )
  })

  it('knows the place of every node', () => {
    assert(
      property(grammaticalScript, (script) => {
        const read = parse(script)
        for (const { name, start, end } of nodesOf(read)) {
          const text = Buffer.from(script.subarray(start, end)).toString()
          expect(text.toLowerCase()).toMatch(new RegExp(String.raw`^${name}\b`, 'u'))
        }
        for (const { start, end, form } of read.comments) {
          const text = Buffer.from(script.subarray(start, end)).toString()
          expect(text).toMatch(form === 'hash' ? /^#/ : /^\/\*.*\*\/$/su)
        }
      }),
    )
  })

  it('gives strings that are read back the same', () => {
    assert(
      property(grammaticalScript, (script) => {
        const read = parse(script)
        const strings = allStrings(read)
        const written = parse(
          edit(
            read,
            strings.map(({ start, end, value }) => ({ start, end, text: quote(value) })),
          ),
        )
        expect(allStrings(written).map(({ value }) => value)).toEqual(strings.map(({ value }) => value))
      }),
    )
  })
})

describe('judging', () => {
  it('throws nothing, whatever it gets', () => {
    assert(
      property(anyScript, (script) => {
        const { ok, problems } = check(script, mailcowServer)
        expect(ok).toBe(problems.every(({ severity }) => severity !== 'error'))
        expect(check(script, mailcowServer)).toEqual(check(tree(script) ?? script, mailcowServer))
      }),
      { numRuns: 1000 },
    )
  })

  it('explains whatever it gets', () => {
    assert(
      property(anyScript, (script) => {
        for (const language of ['de', 'en'] as const) {
          const analysis = analyse(script, { language, ownDomains: ['example.at'], now: new Date(0) })
          expect(analysis.readable).toBe(tree(script) !== undefined)
          for (const { sentence } of analysis.rules) expect(sentence).toMatch(/\S.*[.!?…]$/su)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe.each(['report', 'disable'] as const)('rewriting (%s)', (unsupported) => {
  const rewrite = (script: Uint8Array) => rewriteForMailcow(script, { ...options, unsupported })

  it('of what was rewritten changes nothing', () => {
    assert(
      property(anyScript, (script) => {
        const once = rewrite(script)
        const again = rewrite(once.script)
        expect(again.changes).toEqual([])
        expect(again.script).toEqual(once.script)
        expect(again.accepted).toBe(once.accepted)
      }),
      { numRuns: 1000 },
    )
  })

  it('says rightly whether it is accepted, and changes nothing that it cannot read', () => {
    assert(
      property(anyScript, (script) => {
        const { script: written, accepted, changed, changes } = rewrite(script)
        expect(accepted).toBe(check(written, mailcowServer).ok)
        expect(changed).toBe(Buffer.compare(written, script) !== 0)
        expect(changed).toBe(changes.length > 0)
        const readable = tree(script) !== undefined
        expect(readable || !changed).toBe(true)
        expect(accepted).toBe(unsupported === 'disable' ? readable : accepted)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('rewriting', () => {
  it('leaves comments and the strings of other commands alone', () => {
    assert(
      property(grammaticalScript, (script) => {
        const before = parse(script)
        const after = parse(rewriteForMailcow(script, options).script)
        expect(after.comments.map(({ text }) => text)).toEqual(before.comments.map(({ text }) => text))
        const names = ['redirect', 'vacation', 'reject', 'addheader', 'body', 'address', 'exists', 'envelope']
        // What takes the place of the old notify has these two.
        if (!requiredExtensions(before).includes('notify')) names.push('set', 'header')
        for (const name of names) expect(stringsIn(after, name)).toEqual(stringsIn(before, name))
      }),
      { numRuns: 1000 },
    )
  })
})

function allStrings(script: Script): readonly StringArgument[] {
  return [...nodesOf(script)]
    .flatMap((node) => node.arguments.flatMap(stringsOf))
    .toSorted((a, b) => a.start - b.start)
}

function stringsIn(script: Script, name: string): readonly string[] {
  return [...nodesOf(script)]
    .filter((node) => node.name === name)
    .flatMap((node) => node.arguments)
    .filter(({ kind }) => kind === 'string' || kind === 'strings')
    .map(({ start, end }) => Buffer.from(script.source.subarray(start, end)).toString())
}

describe('a megabyte', () => {
  const filing = 'if header :contains "subject" "a" { fileinto "INBOX.X"; }\n'
  it.each([
    ['rules', `require "fileinto";\n${filing.repeat(16_000)}`],
    ['one long line', `require "fileinto"; ${filing.replace('\n', ' wrong; ').repeat(12_000)}`],
    ['alternatives', `require "fileinto"; if true {}\n${`els${filing}`.repeat(15_000)}`],
    ['extensions', `require [${'"a", '.repeat(100_000)}"b"];\n${'wrong;\n'.repeat(50_000)}`],
    ['names', `require "mailbox"; if mailboxexists [${'"INBOX.A.B", '.repeat(70_000)}"x"] {}`],
    ['one name', `require "fileinto"; fileinto "INBOX.${'&a.'.repeat(300_000)}";`],
    ['an address', `redirect "${'(a <'.repeat(250_000)}";`],
    ['an expression', `require "regex"; if header :regex "a" "${'(a|['.repeat(250_000)}" {}`],
    ['variables', `require "variables"; set "a" "${'${a'.repeat(300_000)}";`],
    ['characters', `require "encoded-character"; keep "${'${hex:41 '.repeat(100_000)}";`],
    ['recipients', `require "enotify"; notify "mailto:${'a%2C'.repeat(200_000)}?${'a=b&'.repeat(20_000)}";`],
    ['notifications', `require "notify";\n${'notify :options "a@b.c"; # x\n'.repeat(10_000)}`],
    ['comments', '# rule:[x]\n'.repeat(90_000)],
  ])('of %s takes no longer than a megabyte should', { timeout: 15_000 }, (_name, text) => {
    const script = new TextEncoder().encode(text)
    expect(check(script, mailcowServer).required.length).toBeLessThan(3)
    expect(analyse(script).readable).toBe(true)
    for (const unsupported of ['report', 'disable'] as const)
      expect(rewriteForMailcow(script, { ...options, unsupported }).findings.length).toBeGreaterThanOrEqual(0)
  })
})
