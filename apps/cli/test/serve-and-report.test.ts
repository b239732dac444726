import { createHash } from 'node:crypto'
import type { ChildProcess } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { makeLedger } from '../../../bench/ledger/make-ledger.ts'
import { runCli } from './run-cli.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let cwd = ''
const domain = 'domain-0001.example'
// Never given to the program: these commands need none.
const config = `old:
  imap: { host: old.example }
  master: { user: migrator, password: \${OLD_MASTER_PASSWORD} }
  inventory: [{ kind: file, path: inventory.csv }]
new:
  mailcow: { url: https://mailcow.example, apiKey: \${MAILCOW_API_KEY} }
  master: { user: migrator@mailcow.local, password: \${NEW_MASTER_PASSWORD} }
`
beforeAll(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'mailmove-serve-'))
  await writeFile(path.join(cwd, 'mailmove.yaml'), config)
  await makeLedger(path.join(cwd, 'mailmove-data'), { domains: 3, mailboxes: 6, messages: 6000 })
})
afterAll(() => rm(cwd, { recursive: true }))

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** `fetch` chooses the Host header itself. */
function ask(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get(url, { headers }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }))
      response.on('error', reject)
    }).on('error', reject)
  })
}

function documentOf(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null) throw new Error('a JSON document was expected')
  return { ...value }
}

/** Runs `serve`, hands over the address that it prints, and ends it as Ctrl-C does. */
async function served(args: readonly string[], work: (url: string) => Promise<void>) {
  return runCli(['serve', '--port', '0', ...args], {
    cwd,
    whileRunning: async (child) => {
      try {
        await work(await printedUrl(child))
      } finally {
        child.kill('SIGTERM')
      }
    },
  })
}

function printedUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.on('data', (text: Buffer | string) => {
      said += String(text)
      const url = /http:\/\/\S+/.exec(said)?.[0]
      if (url !== undefined) resolve(url)
    })
    child.on('close', () => reject(new Error(`serve ended: ${said}`)))
  })
}

describe('mailmove serve', () => {
  test('shows what status --json says, and ends well at the first Ctrl-C', async () => {
    const { stdout } = await runCli(['status', '--json'], { cwd })
    const outcome = await served([], async (url) => {
      const { at: _said, ...known } = documentOf(stdout)
      const { at: _shown, ...shown } = documentOf((await ask(`${url}api/status.json`)).body)
      expect(shown).toEqual(known)
      const page = await ask(url)
      expect(page.status).toBe(200)
      expect(page.body).toContain(domain)
      const one = await ask(`${url}domains/${domain}`)
      expect(one.body).toContain(`user0@${domain}`)
      for (const { headers } of [page, one, await ask(`${url}nowhere`)]) {
        expect(headers['content-security-policy']).toContain("default-src 'none'")
        expect(headers['content-security-policy']).not.toContain('unsafe')
        expect(headers['x-frame-options']).toBe('DENY')
        expect(headers['cache-control']).toBe('no-store')
        expect(headers['access-control-allow-origin']).toBeUndefined()
      }
      expect((await ask(`${url}domains/unknown.example`)).status).toBe(404)
    })
    expect(outcome.code).toBe(0)
  })

  test('answers to no name of somebody else, and to no other site', async () => {
    await served([], async (url) => {
      expect((await ask(url, { host: 'evil.example' })).status).toBe(421)
      expect((await ask(url, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' })).status).toBe(403)
    })
  })

  test('shows nothing elsewhere than on loopback without its token, which is a cookie afterwards', async () => {
    await served(['--host', '0.0.0.0'], async (printed) => {
      const shown = new URL(printed)
      const url = `http://127.0.0.1:${shown.port}/`
      const token = shown.searchParams.get('token') ?? ''
      expect(Buffer.from(token, 'base64url')).toHaveLength(32)
      for (const where of ['', 'api/status.json', `domains/${domain}`, 'events', 'style.css']) {
        const refused = await ask(url + where)
        expect(refused.status).toBe(401)
        expect(refused.body).not.toContain('domain-0')
      }
      const welcome = await ask(`${url}?token=${token}`)
      expect([welcome.status, welcome.headers.location]).toEqual([303, '/'])
      const cookie = welcome.headers['set-cookie']?.[0] ?? ''
      expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/)
      expect(cookie).not.toContain(token)
      const page = await ask(url, { cookie: cookie.split(';', 1)[0] ?? '' })
      expect(page.status).toBe(200)
      expect(page.body).not.toContain(token)
    })
  })

  test('takes a token file that only its owner can read', async () => {
    const file = path.join(cwd, 'token')
    await writeFile(file, `${'x'.repeat(40)}\n`, { mode: 0o644 })
    expect((await runCli(['serve', '--token-file', 'token'], { cwd })).code).toBe(2)
    await chmod(file, 0o600)
    await served(['--token-file', 'token'], async (url) => {
      expect(url).not.toContain('x'.repeat(40))
      expect((await ask(url)).status).toBe(401)
      expect((await ask(url, { authorization: `Bearer ${'x'.repeat(40)}` })).status).toBe(200)
    })
    await writeFile(file, 'short')
    expect((await runCli(['serve', '--token-file', 'token'], { cwd })).code).toBe(2)
  })
})

describe('mailmove report', () => {
  test.each([
    ['de', 'Bericht zur Mail-Umstellung'],
    ['en', 'Report on your mail migration'],
  ])('writes the report in %s and its details, whose digest it names', async (language, title) => {
    const out = path.join(cwd, `report-${language}.html`)
    const args = ['report', domain, '--language', language, '--out', out, '--json']
    const { code, stdout } = await runCli(args, { cwd })
    expect(code).toBe(0)
    const said = documentOf(stdout)
    const [html, json] = [await readFile(String(said['html']), 'utf8'), await readFile(String(said['json']))]
    expect(html).toContain(title)
    expect(createHash('sha256').update(json).digest('hex')).toBe(said['digest'])
    expect(html).toContain(String(said['digest']))
    expect(html).toContain(path.basename(String(said['json'])))
    expect(JSON.parse(json.toString('utf8'))).toMatchObject({
      schema: 'mailmove.report/1',
      totals: { mailboxes: 2, movedMessages: 2000, verified: 2 },
    })
    for (const file of [String(said['html']), String(said['json'])])
      expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  test('knows no other language, and no domain that was never surveyed', async () => {
    expect((await runCli(['report', domain, '--language', 'fr'], { cwd })).code).toBe(2)
    const unknown = await runCli(['report', 'unknown.example'], { cwd })
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toContain('mailmove survey unknown.example')
  })
})
