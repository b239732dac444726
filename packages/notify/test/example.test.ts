import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { startSink } from '@iteg/testbed'
import { simpleParser } from 'mailparser'
import { expect, onTestFinished, test } from 'vitest'

test('the example of the README runs as it stands, against a server of ours', async () => {
  const readme = await readFile(path.resolve(import.meta.dirname, '../README.md'), 'utf8')
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
  const sink = await startSink()
  onTestFinished(() => sink.stop())
  const there = "host: 'mail.example', port: 465, tls: 'implicit'"
  expect(code).toContain(there)
  // within the package: it finds itself by its own name
  const folder = await mkdtemp(path.resolve(import.meta.dirname, 'example-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'example.ts')
  await writeFile(file, code.replace(there, `host: '${sink.host}', port: ${sink.port}, tls: 'none'`))
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=@iteg/source',
    '--disable-warning=ExperimentalWarning',
    file,
  ])
  expect(stdout).toMatch(/^Ihr Postfach anna@example\.at zieht um/)
  const [message] = sink.messages()
  expect(message?.to).toEqual(['anna@example.at'])
  const mail = await simpleParser(message?.raw ?? '')
  expect(mail.text).toMatch(/Guten Tag Anna Müller,/)
  expect(mail.messageId).toMatch(/@iteg\.example>$/)
})
