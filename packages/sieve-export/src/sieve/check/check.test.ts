import { describe, expect, it } from 'vitest'
import { knownExtensions } from '../grammar/extensions.ts'
import { check, requiredExtensions } from './check.ts'
import { mailcowServer } from './options.ts'
import { parse } from '../syntax/parse.ts'
import type { SieveProblemCode } from './problem.ts'

const everything = { extensions: knownExtensions, includes: { personal: true, global: true } }

function codes(script: string, severity: 'error' | 'warning' = 'error'): readonly SieveProblemCode[] {
  return check(script, everything)
    .problems.filter((problem) => problem.severity === severity)
    .map(({ code }) => code)
}

// Each of these was put to Pigeonhole 0.5.19, which says the same.

describe('a script is taken', () => {
  it.each([
    '',
    'IF TRUE { KEEP; }',
    'require "vacation-seconds"; vacation :seconds 100 "x";',
    'require "vacation"; vacation :handle "a" :handle "b" "x";',
    'require ["variables"]; set :lower :upperfirst :length :quotewildcard "a" "${33} ${foo.bar}";',
    'require ["variables","enotify"]; set :encodeurl :length "a" "x";',
    'require ["extracttext","variables","foreverypart"]; foreverypart { extracttext :first 5 :lower "a"; }',
    'require ["index","mime"]; if header :mime :index 1 :last "a" "b" {}',
    'require ["mime"]; if header :type :mime "a" "b" {}',
    'require ["spamtest","spamtestplus"]; if spamtest :percent "1" {}',
    'require "duplicate"; if duplicate :header "a" :handle "b" :last :seconds 5 {}',
    'require ["vnd.dovecot.pipe","copy"]; pipe :copy :try "a" ["b"];',
    'require ["vnd.dovecot.execute"]; if execute :pipe "a" {} execute "b";',
    'require "ihave"; if ihave "nope" { foo; }',
    'require "ihave"; if ihave "fileinto" { fileinto "x"; } fileinto "y";',
    'if false { foo; bar "x"; }',
    'if anyof(true, foo) {} elsif foo {} else { bar; }',
    'if allof(false, foo) { bar; }',
    'require ["notify","relational"]; denotify :value "ge" "a" :low;',
    'require ["variables","imap4flags"]; setflag "a" "b" "c";',
    'require ["foreverypart"]; foreverypart :name "x" { foreverypart { break :name "x"; } }',
    'require "include"; include :optional :once :personal "a"; return;',
    'require ["include","variables"]; global ["a","b"]; set "a" "x";',
    'require "editheader"; deleteheader ["a b"]; addheader :last "X-A" "b";',
    'require "envelope"; if envelope :all :is ["from","TO"] "x" {} if envelope "auth" "x" {}',
    'require "special-use"; if specialuse_exists "INBOX" "\\\\Junk" {} if specialuse_exists ["\\\\Junk"] {}',
  ])('%s', (script) => {
    expect(check(script, everything)).toMatchObject({ ok: true })
  })
})

describe('a script is refused', () => {
  it.each([
    ['fileinto "x";', 'unknownCommand'],
    ['if foo {}', 'unknownTest'],
    ['require "fileinto"; fileinto :copy "x";', 'unknownTag'],
    ['keep true;', 'tests'],
    ['keep keep;', 'tests'],
    ['if true keep;', 'tests'],
    ['if true;', 'block'],
    ['stop {}', 'block'],
    ['if anyof true {}', 'tests'],
    ['if not (true) {}', 'tests'],
    ['if (true) {}', 'tests'],
    ['true;', 'misplaced'],
    ['if keep {}', 'misplaced'],
    ['else {}', 'misplaced'],
    ['if true {} keep; elsif true {}', 'misplaced'],
    ['if true {} else {} else {}', 'misplaced'],
    ['keep; require "fileinto";', 'misplaced'],
    ['if true { require "fileinto"; }', 'misplaced'],
    ['require "nope";', 'unknownExtension'],
    ['require "keep";', 'unknownExtension'],
    ['require ["imapflags","imap4flags"]; keep;', 'conflictingExtensions'],
    ['require ["notify","enotify"]; keep;', 'conflictingExtensions'],
    ['require ["extracttext","variables"]; keep;', 'missingExtension'],
    ['redirect "anna@@privat";', 'address'],
    ['redirect;', 'arguments'],
    ['redirect 5;', 'arguments'],
    ['redirect ["a@b"];', 'arguments'],
    ['if size 5 {}', 'arguments'],
    ['if size :over :under 5 {}', 'repeatedTag'],
    ['if header :is :contains "a" "b" {}', 'repeatedTag'],
    ['if header "a" :is "b" {}', 'misplaced'],
    ['if header :comparator "i;foo" "a" "b" {}', 'value'],
    ['if header :comparator 5 "a" "b" {}', 'arguments'],
    [
      'require "comparator-i;ascii-numeric"; if header :contains :comparator "i;ascii-numeric" "a" "b" {}',
      'value',
    ],
    ['if address "subject" "b" {}', 'header'],
    ['require "envelope"; if envelope "cc" "b" {}', 'header'],
    ['require "envelope"; if envelope :domain "auth" "b" {}', 'value'],
    ['require "regex"; if header :regex "a" "(" {}', 'regex'],
    ['require "relational"; if header :value "GE" "a" "b" {}', 'value'],
    ['require ["copy"]; redirect :copy :copy "a@b";', 'repeatedTag'],
    ['require "vacation"; vacation :days 1 :days 1 "x";', 'repeatedTag'],
    ['require "vacation"; vacation :from "x" "y";', 'address'],
    ['require "body"; if body :raw :text "a" {}', 'repeatedTag'],
    ['require "index"; if header :last "a" "b" {}', 'arguments'],
    ['require "index"; if header :index 0 "a" "b" {}', 'value'],
    ['require "mime"; if header :mime :type :subtype "a" "b" {}', 'repeatedTag'],
    ['require "mime"; if exists :mime :type "a" {}', 'unknownTag'],
    ['require "variables"; set "1" "x";', 'variable'],
    ['require "variables"; set "a-b" "x";', 'variable'],
    ['require "variables"; set :lower :upper "a" "x";', 'repeatedTag'],
    ['require "imap4flags"; setflag "a" "b";', 'missingExtension'],
    ['require "imapflags"; mark; keep :flags "a";', 'unknownTag'],
    ['require "spamtest"; if spamtest :percent "1" {}', 'missingExtension'],
    ['require "foreverypart"; break;', 'misplaced'],
    ['require "foreverypart"; foreverypart { break :name "x"; }', 'misplaced'],
    ['require "include"; include "a/b";', 'include'],
    ['require ["include","variables"]; include "${a}";', 'arguments'],
    ['require "include"; global "a";', 'missingExtension'],
    ['require ["include","variables"]; set "a" "x"; global "a";', 'variable'],
    ['require "ihave"; if not ihave "nope" { foo; }', 'unknownCommand'],
    ['require "enotify"; notify "xmpp:a@b";', 'value'],
    ['require "enotify"; notify "mailto:a,b";', 'address'],
    ['require "enotify"; notify :options "x" "mailto:a@b";', 'value'],
    ['require "enotify"; notify :importance "4" "mailto:a@b";', 'value'],
    ['require "notify"; notify :method "xmpp";', 'value'],
    ['require "editheader"; addheader "a b" "c";', 'header'],
    ['require "encoded-character"; keep; redirect "${unicode:d800}@b";', 'value'],
    ['require "vnd.dovecot.filter"; filter "a/b";', 'value'],
    ['require "vnd.dovecot.pipe"; pipe :copy "a";', 'unknownTag'],
    ['keep', 'unterminated'],
  ] as const)('%s: %s', (script, code) => {
    expect(codes(script)).toContain(code)
  })
})

describe('a script is taken with a warning', () => {
  it.each([
    ['if exists "a b" {}', 'header'],
    ['require "date"; if currentdate "yeer" "x" {}', 'value'],
    ['require "date"; if currentdate :zone "x" "year" "x" {}', 'value'],
    ['require "imap4flags"; addflag "\\\\Foo";', 'value'],
  ] as const)('%s: %s', (script, code) => {
    expect(check(script, everything).ok).toBe(true)
    expect(codes(script, 'warning')).toEqual([code])
  })
})

describe('a problem', () => {
  it('says where it is', () => {
    const { problems } = check('# ü\nif header "a" "b" {\n  fileinto "x";\n}\n', mailcowServer)
    expect(problems).toEqual([
      {
        code: 'unknownCommand',
        severity: 'error',
        message: 'there is no command "fileinto", or its extension is not required',
        line: 3,
        column: 3,
        offset: 27,
      },
    ])
  })

  it('is about the server in question', () => {
    const pipe = 'require "vnd.dovecot.pipe"; pipe "x";'
    expect(check(pipe, mailcowServer).problems.map(({ code }) => code)).toEqual([
      'restrictedExtension',
      'unknownCommand',
    ])
    expect(check(pipe, { ...mailcowServer, globalExtensions: [] }).problems[0]?.code).toBe('unknownExtension')
    const include = 'require "include"; include :global "x";'
    expect(check(include, mailcowServer).problems.map(({ code }) => code)).toEqual(['include'])
    expect(check(include, { ...mailcowServer, includes: { global: true } }).ok).toBe(true)
    expect(check('keep;', { ...mailcowServer, maxScriptBytes: 4 }).problems[0]?.code).toBe('tooLarge')
    expect(
      check('require "enotify"; notify "xmpp:x";', { ...mailcowServer, notifyMethods: ['xmpp'] }).ok,
    ).toBe(true)
  })

  it('of one extension hides no other', () => {
    const { problems } = check('require ["nope","fileinto"]; fileinto "x";', mailcowServer)
    expect(problems.map(({ code }) => code)).toEqual(['unknownExtension'])
  })

  it('is one of a bounded number', () => {
    const { ok, problems } = check('foo;'.repeat(1000), { ...mailcowServer, maxProblems: 7 })
    expect([ok, problems.length]).toEqual([false, 7])
  })
})

it('lists what is required, once', () => {
  expect(requiredExtensions(parse('require "a"; require ["b","a"];'))).toEqual(['a', 'b'])
})
