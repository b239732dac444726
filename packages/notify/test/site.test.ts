import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import { type Browser as TestbedBrowser, startBrowser } from '@iteg/testbed'
import type { AxeResults } from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  letterKinds,
  loadTemplates,
  NoticeUsageError,
  noticeKinds,
  renderLetter,
  renderNotice,
  renderPreviewIndex,
  renderSite,
  sampleData,
  sampleSite,
  type Templates,
} from '../src/index.ts'

let templates: Templates
let started: TestbedBrowser
let browser: Browser
let axe: string
const served = new Map<string, Uint8Array | string>()
let server: Server
let origin: string

beforeAll(async () => {
  templates = await loadTemplates()
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  server = createServer((request, response) => {
    const path = (request.url ?? '/').slice(1).replace(/[?#].*$/, '')
    const content = served.get(path === '' ? 'index.html' : path)
    if (content === undefined) response.writeHead(404).end()
    else
      response
        .writeHead(200, { 'content-type': path.endsWith('.png') ? 'image/png' : 'text/html; charset=utf-8' })
        .end(content)
  })
  origin = await new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`)
    })
  })
  started = await startBrowser()
  browser = await chromium.connectOverCDP(started.url)
}, 300_000)
afterAll(async () => {
  await browser.close()
  await started.stop()
  server.closeAllConnections()
  server.close()
})

const widths = { phone: 360, desktop: 1200 } as const

/** Opens a page of `served`; every request that leaves for elsewhere is written down. */
async function open(
  path: string,
  { width, dark = false, print = false }: { width: number; dark?: boolean; print?: boolean },
): Promise<{ page: Page; requests: string[]; trouble: string[] }> {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: dark ? 'dark' : 'light',
  })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  if (print) await page.emulateMedia({ media: 'print' })
  const requests: string[] = []
  const trouble: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) requests.push(request.url())
  })
  page.on('pageerror', (error) => trouble.push(error.message))
  page.on('dialog', (dialog) => {
    trouble.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(`${origin}/${path}`)
  return { page, requests, trouble }
}

async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: axe })
  const results = await page.evaluate<AxeResults>('axe.run()')
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

/** How far the page can be pushed sideways. */
function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}

describe.each(Object.entries(widths))('the information page on a %s', (_, width) => {
  test.each([
    ['index.html', 'de', false],
    ['en/index.html', 'en', false],
    ['index.html', 'de', true],
  ] as const)('%s (%s, dark: %s) is accessible and is not pushed sideways', async (path, language, dark) => {
    for (const [name, content] of renderSite(templates, sampleSite())) served.set(name, content)
    const { page, requests, trouble } = await open(path, { width, dark })
    expect(await overflow(page)).toBe(0)
    expect(await violations(page)).toEqual([])
    expect([requests, trouble]).toEqual([[], []])
    expect(await page.getAttribute('html', 'lang')).toBe(language)
  })
})

test('the page has settings, steps with slots, dates and questions, and its links lead somewhere', async () => {
  for (const [name, content] of renderSite(templates, sampleSite())) served.set(name, content)
  const { page } = await open('index.html', { width: widths.desktop })
  const text = await page.innerText('main')
  for (const said of [
    '993',
    '995',
    '465',
    '30. November 2026',
    'example.org',
    'Übliche Fragen',
    '12 Zeichen',
  ])
    expect(text).toContain(said)
  const slots = await page
    .locator('figure[data-slot]')
    .evaluateAll((all) => all.map((one) => one.getAttribute('data-slot')))
  expect(slots).toEqual(['login', 'password', 'settings-computer', 'settings-phone', 'filters', 'contacts'])
  for (const link of await page.locator('nav a').all()) {
    const target = await link.getAttribute('href')
    expect(await page.locator(`h2[id="${target?.slice(1)}"]`).count()).toBe(1)
  }
  await page.click('text=English')
  expect(await page.innerText('h1')).toBe('Your mailbox is moving')
  await page.click('text=Deutsch')
  expect(await page.innerText('h1')).toBe('Ihr Postfach zieht um')
})

test('a picture fills its slot, in every language', async () => {
  // one grey point
  const content = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
    'base64',
  )
  const screenshots = [
    { slot: 'login', fileName: 'login.png', content, alternatives: { de: 'Die "Maske" <zum> Anmelden' } },
  ]
  const files = renderSite(templates, { ...sampleSite(), screenshots })
  expect([...files.keys()]).toEqual(['pictures/login.png', 'index.html', 'en/index.html'])
  for (const [name, bytes] of files) served.set(name, bytes)
  for (const [path, alt] of [
    ['index.html', 'Die "Maske" <zum> Anmelden'],
    ['en/index.html', 'Signing in on the new server'],
  ] as const) {
    const { page } = await open(path, { width: widths.phone })
    const image = page.locator('figure[data-slot=login] img')
    await image.scrollIntoViewIfNeeded()
    await expect.poll(() => image.evaluate((one) => Reflect.get(one, 'naturalWidth'))).toBe(1)
    expect(await image.getAttribute('alt')).toBe(alt)
    expect(await violations(page)).toEqual([])
  }
  for (const fileName of ['../x.png', 'x.svg', 'a b.png', 'x.html'])
    expect(() =>
      renderSite(templates, {
        ...sampleSite(),
        screenshots: [{ slot: 'login', fileName, content, alternatives: {} }],
      }),
    ).toThrow(NoticeUsageError)
})

describe.each(Object.entries(widths))('mail on a %s', (_, width) => {
  test.each(noticeKinds)('%s is accessible, whole and alone', async (kind) => {
    for (const language of ['de', 'en']) {
      served.set('mail.html', renderNotice(templates, { kind, language, data: sampleData(kind) }).html)
      const { page, requests, trouble } = await open('mail.html', { width, dark: language === 'en' })
      expect(await overflow(page)).toBe(0)
      // what a mail program puts around it has the landmarks
      expect((await violations(page)).filter((one) => !/^(?:region|landmark-one-main)/.test(one))).toEqual([])
      expect([requests, trouble]).toEqual([[], []])
    }
  })
})

test.each(Object.entries(widths))(
  'nothing that a stranger writes runs, loads or widens a mail (%s)',
  async (_, width) => {
    const nasty =
      '<img src=x onerror=alert(1)><script>alert(2)</script>[x](javascript:alert(3))"onmouseover="alert(4)' +
      'x'.repeat(2000)
    const sample = sampleData('pre-warning-contact')
    const data = {
      ...sample,
      domain: nasty,
      mailboxes: sample.mailboxes.map((mailbox) => ({
        ...mailbox,
        name: nasty,
        address: nasty,
        forwards: [{ target: nasty, keepsCopy: true }],
      })),
      aliases: [{ address: nasty, targets: [nasty] }],
    }
    const mail = renderNotice(templates, { kind: 'pre-warning-contact', language: 'de', data })
    served.set('mail.html', mail.html)
    const { page, requests, trouble } = await open('mail.html', { width })
    expect(await page.locator('img, script, [onerror], [onmouseover], a[href^="javascript"]').count()).toBe(0)
    expect(await page.innerText('body')).toContain(
      '<img src=x onerror=alert(1)><script>alert(2)</script>[x](javascript:alert(3))',
    )
    expect(await overflow(page)).toBe(0)
    expect([requests, trouble]).toEqual([[], []])
  },
)

test('a letter fits A4: printed, nothing hangs over its edge, and the first page has the steps', async () => {
  for (const kind of letterKinds) {
    const { html } = renderLetter(templates, {
      kind,
      language: 'de',
      data: sampleData(kind),
      date: new Date(0),
    })
    served.set('letter.html', html)
    // the width of the text on A4, in CSS pixels: 210 − 25 − 20 mm
    const { page } = await open('letter.html', { width: 624, print: true })
    expect(await overflow(page)).toBe(0)
    const steps = page.locator('ol li')
    const lastStep = (await steps.count()) === 0 ? null : await steps.last().boundingBox()
    expect((lastStep?.y ?? 0) + (lastStep?.height ?? 0)).toBeLessThan(980)
    expect((await page.pdf({ preferCSSPageSize: true })).subarray(0, 5).toString('latin1')).toBe('%PDF-')
  }
})

test('the index of previews is accessible too', async () => {
  const rendered = renderNotice(templates, { kind: 'quota', language: 'de', data: sampleData('quota') })
  const files = renderPreviewIndex([{ recipient: 'a@example.at', rendered, delivery: 'letter' }], {
    title: 'x',
    language: 'de',
  })
  for (const [name, content] of files) served.set(`preview/${name}`, content)
  for (const width of Object.values(widths)) {
    const { page } = await open('preview/index.html', { width })
    expect(await overflow(page)).toBe(0)
    expect(await violations(page)).toEqual([])
    await page.click('text=Mail')
    expect(await page.innerText('h1')).toBe('Ihr Postfach ist zu groß')
  }
})
