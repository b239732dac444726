import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import {
  loadTemplates,
  NoticeUsageError,
  noticeKinds,
  renderNotice,
  sampleData,
  TemplateError,
  type Templates,
} from '../src/index.ts'
import { ownTemplates } from './support/own-templates.ts'

const shipped = path.resolve(import.meta.dirname, '../templates')

/** What is wrong with these files, as `FILE:LINE:COLUMN: MESSAGE (SUGGESTION)` with the folder left out. */
async function problemsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const directory = await ownTemplates(files)
  const error: unknown = await loadTemplates({ directory }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof TemplateError)) throw new Error('the templates were accepted', { cause: error })
  return error.message.split('\n').map((line) => line.replace(`${directory}/`, ''))
}

const front = '---\nsubject: A subject\n---\n'

test('every kind is written in German and English', async () => {
  const templates = await loadTemplates()
  expect(templates.languages).toEqual(['de', 'en'])
  for (const kind of noticeKinds)
    for (const language of templates.languages) expect(templates.has(kind, language)).toBe(true)
})

test('a misspelt name says file, line, column, and what was probably meant', async () => {
  const error: unknown = await loadTemplates({
    directory: await ownTemplates({ 'de/quota.md': `${front}\nHallo {{ mailbox.adress }}\n` }),
  }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(TemplateError)
  expect(error).toMatchObject({
    code: 'template',
    file: expect.stringMatching(/de\/quota\.md$/),
    line: 5,
    column: 10,
    suggestion: 'did you mean address?',
  })
})

test('names are checked in branches that no trial reaches, in loops, filters, partials and the subject', async () => {
  expect(
    await problemsOf({
      'de/digest.md': `---
subject: "Stand von {{ domian }}"
---
{% for mailbox in mailboxes %}
{% if mailbox.state == 'never so' %}{{ mailbox.adress }}{% endif %}
{{ domain | append: mailbox.nmae }}
{% endfor %}
{% assign done = mailboxes | where: 'state', 'done' %}
{% for one in done %}{{ one.sate }}{% endfor %}
{% if contacts.lenght > 0 %}{% include 'extra' %}{% endif %}
`,
      'de/partials/extra.md': 'Hallo\n{{ provider.fone }}\n',
    }),
  ).toEqual([
    'de/digest.md:2:24: there is no domian (did you mean domain?)',
    'de/digest.md:5:40: there is no mailbox.adress (did you mean address?)',
    'de/digest.md:6:21: there is no mailbox.nmae (did you mean name?)',
    'de/digest.md:9:25: there is no one.sate (did you mean state?)',
    'de/digest.md:10:7: there is no contacts.lenght (there is: size, first, last)',
    'de/partials/extra.md:2:4: there is no provider.fone (did you mean phone?)',
  ])
})

test.each([
  [
    'an unknown filter',
    `${front}{{ domain | upcas }}`,
    '4:1: there is no filter upcas (did you mean upcase?)',
  ],
  ['an unknown tag', `${front}Text\n{% fro x in contacts %}`, '5:1: there is no tag fro (did you mean for?)'],
  ['a tag that writes unescaped', `${front}{% echo domain %}`, '4:1: there is no tag echo'],
  ['the filter that would not escape', `${front}{{ domain | raw }}`, '4:1: there is no filter raw'],
  ['a tag that is not closed', `${front}\n{% if moveDate %}`, '5:1: tag {% if moveDate %} not closed'],
  ['HTML', `${front}\nHallo <b>Welt</b>`, '5:7: <b> is HTML; write Markdown, or \\< for the sign'],
  ['a picture', `${front}\n![x](https://x.example/x.png)`, '5:1: notices have no pictures'],
  [
    'a partial that is not there',
    `${front}\n{% include 'greting' %}`,
    '5:12: there is no partials/greting.md (did you mean greeting?)',
  ],
  [
    'a partial that is named by a value',
    `${front}{% include domain %}`,
    '4:1: the name of a partial stands in quotes',
  ],
  ['no front matter', 'Hallo', '1:1: the front matter is missing: --- and subject: …, then ---'],
  [
    'no subject',
    '---\nsubjekt: x\n---\nHallo',
    '2:1: subjekt is no key of the front matter (did you mean subject?)',
  ],
  ['broken YAML', '---\nsubject: "x\n---\nHallo', '3:1: Missing closing'],
  ['a date filter on text', `${front}{{ domain | date }}`, '4:1: this is no date'],
  ['a record where text belongs', `${front}{{ mailbox }}`, '4:1: this is no text'],
])('%s is refused with its place', async (_, text, problem) => {
  const problems = await problemsOf({ 'en/quota.md': text })
  expect(problems.join('\n')).toContain(`en/quota.md:${problem}`)
})

test('a partial that includes itself is refused', async () => {
  expect(
    await problemsOf({
      'de/quota.md': `${front}{% include 'a' %}`,
      'de/partials/a.md': "x {% include 'a' %}",
    }),
  ).toEqual(['de/partials/a.md:1:3: a includes itself'])
})

test('a file that nobody would read is refused: a misspelt kind, a folder that is no language', async () => {
  expect(await problemsOf({ 'de/hand-ovr.md': front, 'german/quota.md': front, 'layuot.html': '' })).toEqual([
    'de/hand-ovr.md:1:1: hand-ovr.md is no kind of notice (did you mean hand-over.md?)',
    'german/quota.md:1:1: german is no language (folders are called de, en, fr, …)',
    'layuot.html:1:1: layuot.html is no layout (did you mean layout.html?)',
  ])
})

test('a folder that is not there is an error, README and hidden files are not', async () => {
  await expect(loadTemplates({ directory: '/nonexistent/templates' })).rejects.toThrow(/this is not there/)
  const directory = await ownTemplates({ 'README.md': 'ours', '.git/x.md': 'x', 'notes.txt': 'x' })
  await expect(loadTemplates({ directory })).resolves.toBeDefined()
})

function render(templates: Templates, kind: 'quota' | 'reminder', language: string) {
  return renderNotice(templates, { kind, language, data: sampleData(kind) })
}

test('a project’s file takes the place of one text, and of nothing else', async () => {
  const directory = await ownTemplates({
    'de/quota.md': '---\nsubject: Zu voll\n---\nBitte *aufräumen*, {{ mailbox.address }}.\n',
    'de/partials/greeting.md': 'Servus,\n',
  })
  const own = await loadTemplates({ directory })
  const built = await loadTemplates()
  expect(render(own, 'quota', 'de')).toMatchObject({
    subject: 'Zu voll',
    text: 'Bitte aufräumen, anna@example.at.\n',
  })
  expect(render(own, 'reminder', 'de').text).toMatch(/Servus,/)
  expect(render(own, 'reminder', 'en')).toEqual(render(built, 'reminder', 'en'))
})

test('the version is that of the words: the text and the partials that it can include, not the layout', async () => {
  const built = await loadTemplates()
  const text = await readFile(path.join(shipped, 'de/quota.md'), 'utf8')
  const same = await loadTemplates({ directory: await ownTemplates({ 'de/quota.md': text }) })
  expect(same.version('quota', 'de')).toBe(built.version('quota', 'de'))
  expect(built.version('quota', 'de')).toMatch(/^sha256:[0-9a-f]{16}$/)
  const changed = await loadTemplates({
    directory: await ownTemplates({
      'de/quota.md': `${text}\nPS\n`,
      'de/partials/sign-in.md': '1. Anmelden\n',
      'layout.html':
        '<!doctype html><html lang="{{ language }}"><title>{{ subject }}</title>{{ content }}</html>',
    }),
  })
  expect(changed.version('quota', 'de')).not.toBe(built.version('quota', 'de'))
  expect(changed.version('hand-over', 'de')).not.toBe(built.version('hand-over', 'de'))
  expect(changed.version('digest', 'de')).toBe(built.version('digest', 'de'))
  expect(changed.version('quota', 'en')).toBe(built.version('quota', 'en'))
  const data = sampleData('digest')
  expect(renderNotice(changed, { kind: 'digest', language: 'de', data }).html).toMatch(
    /^<!doctype html><html lang="de"><title>/,
  )
})

test('a third language is files and nothing else', async () => {
  const files: Record<string, string> = {}
  for (const name of await readdir(path.join(shipped, 'en'), { recursive: true }))
    if (name.endsWith('.md'))
      files[`it/${name}`] = (await readFile(path.join(shipped, 'en', name), 'utf8')).replace(
        'Hello',
        'Buongiorno',
      )
  const templates = await loadTemplates({ directory: await ownTemplates(files) })
  expect(templates.languages).toEqual(['de', 'en', 'it'])
  const notice = renderNotice(templates, { kind: 'hand-over', language: 'it', data: sampleData('hand-over') })
  expect(notice.text).toMatch(/Buongiorno Anna Müller,/)
  expect(notice.text).toMatch(/31 dicembre 2026/)
  expect(notice.html).toMatch(/<html lang="it">/)
})

test('de-AT reads what is written in de; a language that nobody wrote is an error', async () => {
  const templates = await loadTemplates()
  const data = sampleData('quota')
  expect(renderNotice(templates, { kind: 'quota', language: 'de-AT', data }).language).toBe('de')
  expect(() => renderNotice(templates, { kind: 'quota', language: 'fr', data })).toThrow(NoticeUsageError)
})
