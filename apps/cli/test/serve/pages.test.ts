import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { type Browser as TestbedBrowser, startBrowser } from '@iteg/testbed'
import type { DomainDetails, StatusReport } from '@iteg/migration'
import type { AxeResults } from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { statusApp } from '../../src/serve/app.ts'
import { ChangeFeed } from '../../src/serve/change-feed.ts'
import { type RunningServer, startServer } from '../../src/serve/server.ts'
import { sampleDetails, sampleStatus } from './sample-details.ts'

/** Set to a folder: what the pages look like. */
const pictures = process.env['MAILMOVE_SCREENSHOTS']

let started: TestbedBrowser
let browser: Browser
let axe: string
let server: RunningServer
let origin: string
let changed = false
const shown: { status: StatusReport; details: DomainDetails } = {
  status: sampleStatus,
  details: sampleDetails,
}
const ending = new AbortController()
const feed = new ChangeFeed({
  hasChanged: () => {
    const answer = changed
    changed = false
    return answer
  },
  [Symbol.dispose]: () => undefined,
})

beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  const app = statusApp({
    data: {
      status: () => Promise.resolve(shown.status),
      domain: (name) => Promise.resolve(name === 'example.at' ? shown.details : undefined),
    },
    feed,
    access: { port: 0, names: [] },
    signal: ending.signal,
    onError: (error) => {
      throw error
    },
  })
  server = await startServer(app, { host: '127.0.0.1', port: 0 })
  origin = `http://127.0.0.1:${server.port}`
  started = await startBrowser()
  browser = await chromium.connectOverCDP(started.url)
}, 300_000)
afterAll(async () => {
  await browser.close()
  await started.stop()
  ending.abort()
  feed[Symbol.dispose]()
  await server[Symbol.asyncDispose]()
})
beforeEach(() => {
  shown.status = sampleStatus
  shown.details = sampleDetails
})

async function open(
  where: string,
  { width = 1200, dark = false }: { width?: number; dark?: boolean } = {},
): Promise<{ page: Page; trouble: string[] }> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
    // axe is put into the page from outside, which the page's own policy rightly forbids.
    bypassCSP: false,
  })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const trouble: string[] = []
  page.on('pageerror', (error) => trouble.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') trouble.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) trouble.push(request.url())
  })
  page.on('dialog', (dialog) => {
    trouble.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(`${origin}${where}`)
  await expect.poll(() => page.textContent('#live')).toBe('live')
  return { page, trouble }
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const results = await page.evaluate<AxeResults>('axe.run()')
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}

const looks = [
  ['phone', 360, false],
  ['phone-dark', 360, true],
  ['desktop', 1200, false],
  ['desktop-dark', 1200, true],
] as const

describe.each(looks)('on a %s', (look, width, dark) => {
  test.each([
    ['overview', '/'],
    ['domain', '/domains/example.at'],
  ])('the %s is accessible, is not pushed sideways, and breaks nothing', async (name, where) => {
    const { page, trouble } = await open(where, { width, dark })
    for (const summary of await page.locator('summary').all()) await summary.click()
    if (pictures !== undefined) {
      mkdirSync(pictures, { recursive: true })
      await page.screenshot({ path: path.join(pictures, `${name}-${look}.png`), fullPage: true })
    }
    expect(await overflow(page)).toBe(0)
    expect(await violations(page)).toEqual([])
    expect(trouble).toEqual([])
  })
})

test('what strangers called things is shown, and does nothing', async () => {
  const { page, trouble } = await open('/domains/example.at')
  expect(await page.locator('main img, main script, [onerror], [onmouseover]').count()).toBe(0)
  const text = await page.innerText('main')
  expect(text).toContain('<img src=x onerror=alert(1)><script>alert(2)</script>"onmouseover="alert(3)')
  // A character that turns the direction of text around is named, not obeyed.
  expect(text).toContain('\\u{202e}txt.exe')
  expect(text).toContain('\\x00&amp;')
  expect(trouble).toEqual([])
})

test('the page of a domain tells what is needed: next action, rate, findings, notices, digests', async () => {
  const { page } = await open('/domains/example.at')
  for (const summary of await page.locator('summary').all()) await summary.click()
  const text = await page.innerText('main')
  for (const said of [
    'mailmove copy example.at',
    'Reload Postfix on mailcow.',
    '6,000 of 13,248 messages',
    '19.2 MiB/s, 20 messages/s',
    'over-quota',
    'reminder 1',
    'ab'.repeat(32),
    'Own passwords over time',
    'Size against quota',
    '122 %',
  ])
    expect(text).toContain(said)
  expect(await page.getByRole('img').count()).toBe(3)
  for (const svg of await page.getByRole('img').all()) {
    const table = svg.locator('xpath=following-sibling::details//table')
    expect(await table.locator('tbody tr').count()).toBeGreaterThan(0)
  }
})

test('changes appear by themselves; what was opened stays open, and the keyboard stays where it was', async () => {
  const { page } = await open('/domains/example.at')
  await page.locator('#t-quota > summary').click()
  await page.locator('#t-quota > summary').focus()
  const [first, ...rest] = sampleDetails.status.mailboxes
  if (first === undefined) throw new Error('the sample has mailboxes')
  shown.details = {
    ...sampleDetails,
    status: {
      ...sampleDetails.status,
      mailboxes: [{ ...first, size: { messages: 12_346, bytes: 4.5 * 2 ** 30 } }, ...rest],
    },
  }
  changed = true
  await expect.poll(() => page.innerText('#mailboxes'), { timeout: 15_000 }).toContain('12,346')
  expect(await page.innerText('#charts')).toContain('90 %')
  expect(await page.locator('#t-quota').getAttribute('open')).toBe('')
  expect(await page.evaluate('document.activeElement.parentElement.id')).toBe('t-quota')
})

test('a domain is found by typing, and opened by the keyboard alone', async () => {
  const { page } = await open('/')
  await page.getByLabel('Find a domain').fill('gasthof')
  expect(await page.locator('[data-domain]:visible').count()).toBe(1)
  expect(await page.innerText('#filter-count')).toBe('1 shown')
  await page.getByLabel('Find a domain').fill('example.at')
  await page.getByRole('link', { name: 'example.at', exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL('**/domains/example.at')
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement.textContent')).toBe('To the content')
})

test('each domain stands under what it waits for', async () => {
  const { page } = await open('/')
  const groups = await page
    .locator('section[data-group]')
    .evaluateAll((all) =>
      all.map((one) => [
        one.querySelector('h2')?.firstChild?.textContent?.trim(),
        one.querySelectorAll('[data-domain]').length,
      ]),
    )
  expect(groups).toEqual([
    ['Wait for your decision', 1],
    ['Ready for their next command', 1],
    ['Being worked on', 1],
    ['Wait for their date', 1],
    ['Nothing left to do', 1],
  ])
})

test('without a script the page says the same', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.goto(`${origin}/`)
  expect(await page.innerText('main')).toContain('gasthof-post.at')
  expect(await page.locator('form.filter').isVisible()).toBe(false)
})
