import { array, assert, constantFrom, oneof, property, string } from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { loadTemplates, renderLetter, renderNotice, sampleData, type Templates } from '../src/index.ts'

let templates: Templates
beforeAll(async () => {
  templates = await loadTemplates()
})

const nasty = [
  '<img src=x onerror=alert(1)>',
  '[x](javascript:alert(1))',
  '![x](https://evil.example/x.png)',
  '{{ 7*7 }} {% if true %}',
  'first\r\nBcc: all@example.at\r\n\r\nsecond',
  '\u202Etxt.exe \u2066isolate',
  '| cell | cell |\n|---|---|',
  '# Heading\n\n- list\n\n```\ncode',
  '</pre></td></table></body><script>alert(1)</script>',
  '<https://evil.example> www.evil.example evil@evil.example',
  '**bold** _em_ `code` ~~del~~ \\ & &lt; &amp;lt;',
  '\uE0000\uE001\uE00099\uE001',
  '\u0000\u0007\u001B[31m\u0085\u2028\u2029',
  'מרים אברהם',
  '\uD800 half a pair',
  'x'.repeat(10_000),
  '" onmouseover="alert(1)',
  '$& $1 $<x>',
] as const

const hostileText = oneof(
  constantFrom(...nasty),
  string({ unit: 'binary', maxLength: 60 }),
  array(constantFrom(...nasty), { minLength: 2, maxLength: 3 }).map((parts) => parts.join('')),
)

/** All tags in order, with their attributes, without what a value may be: the text. */
function skeleton(html: string): string[] {
  return (html.match(/<[^>]*>/g) ?? []).filter((tag) => !/^<\/?bdi>$/.test(tag) && !tag.startsWith('<style'))
}

function handOverWith(value: string) {
  const sample = sampleData('hand-over')
  return {
    ...sample,
    mailbox: { ...sample.mailbox, name: value, address: `a${value}@example.at` },
    contacts: [`c${value}`],
    password: `p${value}`,
    forwards: [{ target: value, keepsCopy: true }],
    scripts: [{ fileName: value, name: value, active: true, installed: false }],
    addressBooks: [{ fileName: value, contacts: 1, imported: false }],
    newSettings: { ...sample.newSettings, userName: value },
  }
}

function renderHandOver(value: string) {
  return renderNotice(templates, { kind: 'hand-over', language: 'de', data: handOverWith(value) })
}

test('no value changes what the mail is made of, in HTML, text or subject', () => {
  const plain = renderHandOver('plain')
  assert(
    property(hostileText, (value) => {
      const notice = renderHandOver(value)
      expect(skeleton(notice.html)).toEqual(skeleton(plain.html))
      expect(notice.subject).not.toMatch(/[\r\n\p{Cc}\u202A-\u202E\u2066-\u2069]/u)
      expect(notice.text).not.toMatch(/[^\P{Cc}\n]/u)
      expect(notice.text).not.toMatch(/[\u202A-\u202E\u2066\u2067\uE000\uE001]/u)
      // No value makes a line of its own: what begins a list or a heading in the text is the template's.
      expect(notice.text.match(/^\d\. /gm)).toEqual(plain.text.match(/^\d\. /gm))
    }),
    { numRuns: 150 },
  )
})

function renderList(value: string) {
  const sample = sampleData('pre-warning-contact')
  const [first] = sample.mailboxes
  if (first === undefined) throw new Error('the sample has mailboxes')
  const data = {
    ...sample,
    domain: value,
    mailboxes: [{ ...first, name: value, forwards: [{ target: value, keepsCopy: false }] }],
    aliases: [{ address: value, targets: [value, value] }],
  }
  return renderNotice(templates, { kind: 'pre-warning-contact', language: 'en', data })
}

test('values in tables stay in their cells', () => {
  const plain = skeleton(renderList('plain').html)
  assert(
    property(hostileText, (value) => {
      expect(skeleton(renderList(value).html)).toEqual(plain)
    }),
    { numRuns: 100 },
  )
})

function decode(html: string): string {
  return html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

test('values stay readable as the text that they are', () => {
  for (const value of [
    '<img src=x>',
    '[x](javascript:alert(1))',
    '{{ 7*7 }}',
    '**b** & `c` | d \\ &lt;',
    '$& $1',
  ]) {
    const sample = sampleData('quota')
    const data = { ...sample, folders: [{ name: value, bytes: 5000 }] }
    const { html, text } = renderNotice(templates, { kind: 'quota', language: 'de', data })
    expect(text).toContain(value)
    expect(decode(html)).toContain(`>${value}</th>`)
  }
  const reversed = handOverWith('\u202Egpj.exe')
  expect(renderNotice(templates, { kind: 'hand-over', language: 'de', data: reversed }).text).toContain(
    'Guten Tag gpj.exe,',
  )
  const hebrew = renderNotice(templates, { kind: 'hand-over', language: 'de', data: handOverWith('מרים') })
  expect(hebrew.text).toContain('Guten Tag \u2068מרים\u2069,')
  expect(hebrew.html).toContain('Guten Tag <bdi>מרים</bdi>,')
})

test('10,000 characters are cut, say so, and do not break the lines around them', () => {
  const { html, text, subject } = renderNotice(templates, {
    kind: 'hand-over',
    language: 'de',
    data: handOverWith('x'.repeat(10_000)),
  })
  expect(subject.length).toBeLessThanOrEqual(200)
  expect(text).toMatch(/x{900,}…/)
  expect(html.length).toBeLessThan(60_000)
  expect(text.split('\n').filter((line) => line.length > 1100)).toEqual([])
})

test('links lead where a mail may lead, and nowhere else', () => {
  for (const bad of [
    'javascript:alert(1)',
    'data:text/html,x',
    'https://x.example/"onclick="x',
    'file:///etc/passwd',
    'vbscript:x',
    ' https://x.example',
    'https://x.example/\nx',
    '//x.example',
  ]) {
    const sample = sampleData('hand-over')
    const data = { ...sample, links: { ...sample.links, info: bad, userPage: bad } }
    for (const html of [
      renderNotice(templates, { kind: 'hand-over', language: 'de', data }).html,
      renderLetter(templates, { kind: 'hand-over', language: 'de', data, date: new Date(0) }).html,
    ])
      for (const [, href = ''] of html.matchAll(/href="([^"]*)"/g))
        expect(href).toMatch(/^(?:https:\/\/mailcow\.example\/\w*|mailto:admin@iteg\.example)$/)
  }
})

test('a part of an address cannot become another header of the mail that a click opens', () => {
  const sample = sampleData('quota')
  const data = { ...sample, provider: { name: 'X', email: 'a@b.example?bcc=all@example.at' } }
  const { html } = renderNotice(templates, { kind: 'quota', language: 'de', data })
  expect(html).toContain('href="mailto:a@b.example%3Fbcc%3Dall@example.at"')
})
