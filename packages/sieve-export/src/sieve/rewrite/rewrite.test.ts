import { describe, expect, it } from 'vitest'
import { mailcowExtensions } from '../grammar/extensions.ts'
import { folderNames } from './folder-names.ts'
import type { RewriteOptions, RewriteResult } from './options.ts'
import { rewriteForMailcow } from './rewrite.ts'

const oldNamespace = { prefix: 'INBOX.', separator: '.' }
const folders = folderNames([
  { source: 'INBOX.Gesendet', target: 'Sent' },
  { source: 'INBOX.Spam', target: 'Junk' },
  { source: 'INBOX.Gelöschte Objekte', target: 'Trash' },
  { source: 'INBOX.Kunden', target: 'Kunden' },
  { source: 'INBOX.Kunden.A/B', target: 'Kunden/A-B' },
  { source: 'INBOX.Größe "x"', target: 'Größe "x"' },
])
const options: RewriteOptions = { ...folders, oldNamespace }

function rewrite(
  script: string | Uint8Array,
  more: Partial<RewriteOptions> = {},
): RewriteResult & { readonly text: string } {
  const result = rewriteForMailcow(script, { ...options, ...more })
  return { ...result, text: new TextDecoder().decode(result.script) }
}

const codes = ({ findings }: RewriteResult): readonly string[] => findings.map(({ code }) => code)

describe('folders', () => {
  it.each([
    ['INBOX.Gesendet', 'Sent', []],
    ['inbox.Spam', 'Junk', []],
    ['INBOX.Kunden.A/B', 'Kunden/A-B', []],
    ['INBOX', 'INBOX', []],
    ['Inbox', 'Inbox', []],
    ['INBOX.Gel&APY-schte Objekte', 'Trash', ['mutf7Folder']],
    ['INBOX.Gelo\u0308schte Objekte', 'Trash', []],
    ['Kunden', 'Kunden', ['folderWithoutPrefix']],
    ['Gesendet', 'Sent', ['folderWithoutPrefix']],
    ['Anderswo', 'Anderswo', ['unknownFolder']],
    ['INBOX.Neu.Unter', 'Neu/Unter', ['unknownFolder']],
    ['INBOX.Kunden.Neu/x', 'Kunden/Neu-x', ['unknownFolder']],
    ['INBOX.INBOX', 'INBOX (2)', ['unknownFolder']],
  ])('%s is %s', (name, target, findings) => {
    const result = rewrite(`require "fileinto"; fileinto "${name}";`)
    expect(result.text).toBe(`require "fileinto"; fileinto "${target}";`)
    expect(codes(result)).toEqual(findings)
    expect(result.accepted).toBe(true)
  })

  it('are found wherever a script names them, and nowhere else', () => {
    const script = [
      'require ["fileinto","mailbox","copy","imap4flags","vacation"];',
      '# fileinto "INBOX.Spam";',
      'if mailboxexists ["INBOX.Spam", text:\nINBOX.Gesendet\n.\n] { fileinto :copy :flags "INBOX.Spam" "INBOX.Spam"; }',
      'if header "INBOX.Spam" "INBOX.Spam" { vacation :subject "INBOX.Spam" text:\nfileinto "INBOX.Spam";\n.\n; }',
    ].join('\n')
    const result = rewrite(script)
    expect(result.text).toBe(
      [
        'require ["fileinto","mailbox","copy","imap4flags","vacation"];',
        '# fileinto "INBOX.Spam";',
        'if mailboxexists ["Junk", text:\nINBOX.Gesendet\n.\n] { fileinto :copy :flags "INBOX.Spam" "Junk"; }',
        'if header "INBOX.Spam" "INBOX.Spam" { vacation :subject "INBOX.Spam" text:\nfileinto "INBOX.Spam";\n.\n; }',
      ].join('\n'),
    )
    // A multi-line string ends with a line end, which is part of the name.
    expect(codes(result)).toEqual(['unknownFolder'])
  })

  it('keep quotes, backslashes and umlauts', () => {
    const map = { mapFolder: (name: string) => (name === 'INBOX.a' ? 'ä "b" \\c' : undefined) }
    expect(rewrite('require "fileinto"; fileinto "INBOX.a";', map).text).toBe(
      String.raw`require "fileinto"; fileinto "ä \"b\" \\c";`,
    )
  })

  it('are mapped where characters are encoded', () => {
    const script =
      'require ["fileinto","encoded-character"]; fileinto "INBOX.Gr${unicode:F6}${hex:c3 9f}e ${hex:22}x${hex:22}";'
    expect(rewrite(script).text).toBe(
      String.raw`require ["fileinto","encoded-character"]; fileinto "Größe \"x\"";`,
    )
  })

  it.each([
    ['INBOX.Kunden.${x}', 'Kunden/${x}'],
    ['INBOX.Gesendet.a.${x}.b/c', 'Sent/a/${x}/b-c'],
    ['INBOX.L${x}', 'L${x}'],
    ['INBOX.${x}.y', '${x}/y'],
    ['${x}', '${x}'],
    ['Kunden.${x}', 'Kunden.${x}'],
  ])('with variables: %s is %s', (name, target) => {
    const result = rewrite(`require ["fileinto","variables"]; fileinto "${name}";`)
    expect(result.text).toBe(`require ["fileinto","variables"]; fileinto "${target}";`)
    expect(codes(result)).toEqual(['variableFolder'])
  })

  it('follow a function alone', () => {
    const result = rewriteForMailcow('require "fileinto"; fileinto "A"; fileinto "B";', {
      mapFolder: (name) => (name === 'A' ? 'C' : undefined),
    })
    expect(new TextDecoder().decode(result.script)).toBe('require "fileinto"; fileinto "C"; fileinto "B";')
    expect(result.findings).toMatchObject([{ code: 'unknownFolder', line: 1, column: 44 }])
  })
})

describe('extensions of yesterday', () => {
  it('imapflags becomes imap4flags', () => {
    const result = rewrite('require ["imapflags"];\nif exists "x" { mark; } else { unmark; setflag "a"; }')
    expect(result.text).toBe(
      String.raw`require ["imap4flags"];` +
        '\n' +
        String.raw`if exists "x" { addflag "\\Flagged"; } else { removeflag "\\Flagged"; setflag "a"; }`,
    )
    expect(result.changes[0]).toEqual({
      kind: 'flags',
      line: 1,
      column: 1,
      before: 'require ["imapflags"];',
      after: 'require ["imap4flags"];',
      why: 'The extension "imapflags" is outdated; "imap4flags" does the same.',
    })
  })

  it('ereject, vnd.dovecot.duplicate and :specialuse do as well as what mailcow has', () => {
    expect(rewrite('require ["ereject","reject"]; ereject "x"; reject "y";').text).toBe(
      'require ["reject"]; reject "x"; reject "y";',
    )
    expect(rewrite('require "vnd.dovecot.duplicate"; if duplicate :value "x" {}').text).toBe(
      'require "duplicate"; if duplicate :uniqueid "x" {}',
    )
    expect(
      rewrite('require ["special-use", "fileinto"]; fileinto :specialuse "\\\\Trash" "INBOX.Müll";').text,
    ).toBe('require ["fileinto"]; fileinto "Trash";')
  })

  it('notify becomes enotify, with the same recipients, subject and text', () => {
    const script =
      'require ["fileinto", "notify"];\r\nif exists "x" {\r\n\tnotify :method "mailto" :low :id "1" :options ["A <a@b.c>","d+e@f.g"] :message "50% $subject$ von $env-from$";\r\n}\r\n'
    const result = rewrite(script)
    expect(result.text).toBe(
      [
        'require ["fileinto", "enotify", "variables", "envelope"];',
        'if exists "x" {',
        '\tif header :matches "Subject" "*" { set :encodeurl "notify_subject" "${1}"; }',
        '\tif envelope :matches "from" "*" { set :encodeurl "notify_sender" "${1}"; }',
        '\tnotify :importance "3" "mailto:a@b.c%2Cd%2Be@f.g?subject=%5BSIEVE%5D%20New%20mail%20notification&body=50%25%20${notify_subject}%20von%20${notify_sender}";',
        '}',
        '',
      ].join('\r\n'),
    )
    expect(result).toMatchObject({ accepted: true, findings: [] })
    expect(rewrite('require "notify"; notify :options "a@b.c" :message "x";').text).toBe(
      'require "enotify"; notify :importance "1" "mailto:a@b.c?subject=%5BSIEVE%5D%20New%20mail%20notification&body=x";',
    )
  })

  it.each([
    'notify :options "a@b.c" :message "$text[100]$";',
    'notify :options "a@b.c"; denotify;',
    'notify :message "x";',
    'notify :options "a@b.c"; redirect "${x}@b.c";',
  ])('notify stays where there is no successor: %s', (commands) => {
    const script = `require "notify"; ${commands}`
    const here = rewrite(script)
    expect([here.changed, here.findings]).toMatchObject([false, [{ code: 'oldNotify', severity: 'info' }]])
    const elsewhere = rewrite(script, {
      targetExtensions: mailcowExtensions.filter((name) => name !== 'notify'),
    })
    expect(elsewhere.findings.find(({ code }) => code === 'oldNotify')).toMatchObject({ severity: 'error' })
    expect(elsewhere.accepted).toBe(false)
  })

  it('comments in notify stay', () => {
    const script = Uint8Array.from(
      Buffer.from('require "notify";\n  notify # \xf6\n :options /* to */ "a@b.c" :message "x";', 'latin1'),
    )
    expect(Buffer.from(rewrite(script).script).toString('latin1')).toBe(
      'require "enotify";\n  # \xf6\n  /* to */\n  notify :importance "1" "mailto:a@b.c?subject=%5BSIEVE%5D%20New%20mail%20notification&body=x";',
    )
  })

  it('notify stays where later rules use what was matched', () => {
    const script =
      'require ["notify","variables","fileinto"]; notify :options "a@b.c"; fileinto "INBOX.${1}";'
    expect(codes(rewrite(script))).toContain('oldNotify')
  })
})

describe('what the new server cannot run', () => {
  const script =
    '# a\nrequire ["fileinto","vnd.dovecot.pipe","copy"];\n# rule:[P]\nif exists "x" {\n  pipe :copy "y"; # z\n} else { keep; } fileinto "INBOX.Spam";\n'

  it('is reported with its place, its reason and what to do', () => {
    const result = rewrite(script, { language: 'de' })
    expect(result).toMatchObject({
      accepted: false,
      findings: [{ code: 'restrictedExtension', severity: 'error', line: 5, column: 3 }],
    })
    expect(result.findings[0]?.message).toContain('vnd.dovecot.pipe')
    expect(result.findings[0]?.remedy).toContain('Administrator')
  })

  it('is commented out on request, and all others work', () => {
    const result = rewrite(script, { unsupported: 'disable' })
    expect(result.text).toBe(
      '# a\nrequire ["fileinto","copy"];\n# rule:[P]\n# if exists "x" {\n#   pipe :copy "y"; # z\n# } else { keep; }\n fileinto "Junk";\n',
    )
    expect(result).toMatchObject({ accepted: true, findings: [{ code: 'disabledRule', line: 4, column: 1 }] })
    expect(rewrite(result.script, { unsupported: 'disable' }).changed).toBe(false)
  })

  it('may have stood in the way of something else', () => {
    const result = rewrite(
      'require ["notify", "variables"];\nnotify :options "a@b.c" :message "x $subject$";\nreject "${1}";\n',
      { unsupported: 'disable' },
    )
    expect(result.text).toContain('notify :importance "1" "mailto:a@b.c?')
    expect(result.text).toContain('\n# reject "${1}";\n')
    expect(result).toMatchObject({ accepted: true, findings: [{ code: 'disabledRule', line: 3, column: 1 }] })
  })

  it('may be a "require" itself, with all that needs it', () => {
    const result = rewrite('keep;\nrequire "fileinto";\nfileinto "INBOX.Spam";\n', { unsupported: 'disable' })
    expect(result).toMatchObject({
      text: 'keep;\n# require "fileinto";\n# fileinto "Junk";\n',
      accepted: true,
    })
    expect(codes(result)).toEqual(['disabledRule', 'disabledRule'])
  })

  it('goes from "require" when nothing uses it; comments stay', () => {
    const result = rewrite(
      'require [ /* a */ "spamtest" /* b */ , # c\n "copy", "virustest" ];\nredirect :copy "a@b.c";',
    )
    expect(result.text).toBe('require [ /* a */  /* b */ # c\n "copy" ];\nredirect :copy "a@b.c";')
    expect(rewrite('require "spamtest";\nkeep;').text).toBe('keep;')
    expect(result.accepted).toBe(true)
  })

  it('is a global script, unless it is installed', () => {
    const include = 'require "include"; include :global "spam";'
    expect(rewrite(include)).toMatchObject({
      changed: false,
      accepted: false,
      findings: [{ code: 'globalInclude', severity: 'error' }],
    })
    const installed = rewrite(include, { globalScript: (name) => `server-${name}` })
    expect(installed).toMatchObject({
      text: 'require "include"; include :personal "server-spam";',
      accepted: true,
    })
  })

  it('is what is no Sieve', () => {
    const broken = Uint8Array.from([...Buffer.from('if true {'), 0xff])
    expect(rewrite(broken)).toMatchObject({
      script: broken,
      changed: false,
      accepted: false,
      findings: [{ code: 'notSieve', line: 1, column: 10 }],
    })
  })

  it('is a folder name that is not UTF-8', () => {
    const latin1 = Uint8Array.from(Buffer.from('require "fileinto"; fileinto "INBOX.Gel\xf6scht";', 'latin1'))
    expect(rewrite(latin1)).toMatchObject({
      script: latin1,
      changed: false,
      accepted: false,
      findings: [{ code: 'folderEncoding' }],
    })
  })
})

function withLatin1(folder: string): Uint8Array {
  const script = `require "fileinto"; # L\xf6schen\r\nif header "a" "\xf6" { fileinto "${folder}"; }`
  return Uint8Array.from(Buffer.from(script, 'latin1'))
}

it('leaves bytes that are not UTF-8 alone elsewhere', () => {
  expect(rewrite(withLatin1('INBOX.Spam')).script).toEqual(withLatin1('Junk'))
})
