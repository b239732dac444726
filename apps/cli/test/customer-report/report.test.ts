import { mkdirSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { type Browser as TestbedBrowser, startBrowser } from '@iteg/testbed'
import type { MoveReport } from '@iteg/migration'
import type { AxeResults } from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { renderMoveReport } from '../../src/customer-report/render-report.ts'
import { english, german } from '../../src/customer-report/words.ts'
import { hostile } from '../serve/sample-details.ts'

const pictures = process.env['MAILMOVE_SCREENSHOTS']
const at = '2026-11-24T20:00:00.000Z'

const sample: MoveReport = {
  schema: 'mailmove.report/1',
  at,
  domain: 'kanzlei-steiner.at',
  stage: 'catchup',
  servers: { old: 'mailhaus.example', new: 'mailcow.example' },
  mailboxes: [
    ...Array.from({ length: 40 }, (_, index) => ({
      mailbox: `person${index}@kanzlei-steiner.at`,
      skipped: false,
      active: index !== 3,
      sourceMessages: 12_345,
      movedMessages: 12_345,
      bytes: 3 * 2 ** 30,
      excludedMessages: 0,
      setAside: [],
      copied: { at, complete: true },
      verified: { at, equal: true, matched: 12_345, differences: 0 },
    })),
    {
      mailbox: `${hostile}@kanzlei-steiner.at`,
      skipped: false,
      active: true,
      sourceMessages: 10,
      movedMessages: 7,
      bytes: 2048,
      excludedMessages: 2,
      setAside: [{ folder: hostile, uid: 7, reason: hostile, bytes: 9, date: at, accepted: hostile }],
      copied: { at, complete: true },
      verified: { at, equal: true, matched: 7, differences: 0 },
    },
    {
      mailbox: 'alt@kanzlei-steiner.at',
      skipped: true,
      active: true,
      sourceMessages: 0,
      movedMessages: 0,
      excludedMessages: 0,
      setAside: [],
    },
  ],
  totals: {
    mailboxes: 41,
    sourceMessages: 493_810,
    movedMessages: 493_807,
    bytes: 120 * 2 ** 30,
    setAside: 1,
    excluded: 2,
    verified: 41,
  },
  excludedFolders: ['INBOX.Spam', hostile],
  remarks: [
    { code: 'folder-renamed', item: hostile, message: hostile },
    { code: 'unknown-to-customers', message: 'for admins only' },
  ],
  stages: [
    { stage: 'survey', state: 'done', startedAt: at, endedAt: at },
    { stage: 'announce', state: 'done', startedAt: at, endedAt: '2026-11-26T20:00:00.000Z' },
  ],
  steps: [{ way: 'forward', step: 'mx', startedAt: at, doneAt: '2026-11-27T20:00:00.000Z' }],
  verifications: [{ at, coverage: 'full', green: true, digest: 'cd'.repeat(32) }],
  lastDeltaVerifiedAt: '2026-11-25T20:00:00.000Z',
}
const details = { file: 'kanzlei-steiner.at.json', digest: 'ab'.repeat(32) }

let started: TestbedBrowser
let browser: Browser
let axe: string
beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  started = await startBrowser()
  browser = await chromium.connectOverCDP(started.url)
}, 300_000)
afterAll(async () => {
  await browser.close()
  await started.stop()
})

async function open(html: string, width = 1000): Promise<{ page: Page; trouble: string[] }> {
  const context = await browser.newContext({ viewport: { width, height: 900 } })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const trouble: string[] = []
  page.on('request', (request) => trouble.push(request.url()))
  page.on('pageerror', (error) => trouble.push(error.message))
  page.on('dialog', (dialog) => {
    trouble.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.setContent(html)
  return { page, trouble }
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const results = await page.evaluate<AxeResults>('axe.run()')
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

describe.each([german, english])('the report in $language', (words) => {
  test.each([360, 1000])('is accessible, alone and not pushed sideways at %i', async (width) => {
    const { page, trouble } = await open(await renderMoveReport(sample, words, { details }), width)
    expect(
      await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      ),
    ).toBe(0)
    expect(await violations(page)).toEqual([])
    expect(trouble).toEqual([])
    expect(await page.getAttribute('html', 'lang')).toBe(words.language)
  })

  test('prints on A4, nothing over the edge', async () => {
    const { page } = await open(await renderMoveReport(sample, words, { details }), 673)
    await page.emulateMedia({ media: 'print' })
    // the width of the text on A4, in CSS pixels: 210 − 2 × 16 mm
    expect(
      await page.evaluate<number>(
        'Math.max(...Array.from(document.querySelectorAll("table"), (one) => one.scrollWidth))',
      ),
    ).toBeLessThanOrEqual(673)
    const pdf = await page.pdf({ preferCSSPageSize: true })
    expect(pdf.subarray(0, 5).toString('latin1')).toBe('%PDF-')
    expect(pdf.toString('latin1')).toMatch(/\/MediaBox \[0 0 59[45][.\d]* 84[12][.\d]*\]/)
    if (pictures === undefined) return
    mkdirSync(pictures, { recursive: true })
    await writeFile(path.join(pictures, `report-${words.language}.pdf`), pdf)
    await page.screenshot({
      path: path.join(pictures, `report-${words.language}.png`),
      fullPage: true,
    })
  })
})

test('the report says what was moved, what was not and why, when, and verified how', async () => {
  const { page } = await open(await renderMoveReport(sample, german, { details }))
  const text = await page.innerText('body')
  for (const said of [
    'Bericht zur Mail-Umstellung: kanzlei-steiner.at',
    '24. November 2026',
    'mailhaus.example',
    '493\u00A0807',
    '120\u00A0GB',
    '41 / 41',
    'Einige Nachrichten wurden nicht übertragen',
    'auf Wunsch nicht übertragen',
    'im bisherigen abgeschaltet',
    'Vereinbarungsgemäß ausgenommen (Ordner INBOX.Spam',
    'Der Ordner heißt auf dem neuen Server anders.',
    'Zugangsdaten übergeben',
    'cd'.repeat(32),
    'kanzlei-steiner.at.json',
    'ab'.repeat(32),
  ])
    expect(text).toContain(said)
  expect(text).not.toContain('for admins only')
  const order = await page
    .locator('time')
    .evaluateAll((all) => all.map((one) => one.getAttribute('datetime')))
  expect(order).toEqual(order.toSorted((one, other) => String(one).localeCompare(String(other))))
})

test('it claims that all is well only when all is copied and compared', async () => {
  const [first] = sample.mailboxes
  if (first === undefined) throw new Error('the sample has mailboxes')
  const totals = { ...sample.totals, setAside: 0, excluded: 0 }
  const { verified: _verified, ...unverified } = first
  const says = (mailboxes: MoveReport['mailboxes']) =>
    renderMoveReport({ ...sample, totals, mailboxes }, english, { details })
  expect(await says([first])).toContain(english.allMoved)
  for (const mailboxes of [
    [],
    [unverified],
    [first, { ...first, verified: { at, equal: false, matched: 1, differences: 2 } }],
    [{ ...first, copied: { at, complete: false } }],
  ]) {
    const html = await says(mailboxes)
    expect(html).not.toContain(english.allMoved)
    expect(html).toContain(english.notFinished)
  }
})

test('what strangers called things is shown, and does nothing', async () => {
  const { page, trouble } = await open(await renderMoveReport(sample, german, { details }))
  expect(await page.locator('img, script, [onerror], [onmouseover]').count()).toBe(0)
  expect(await page.innerText('body')).toContain('<script>alert(2)</script>')
  expect(trouble).toEqual([])
})

test('both languages say something for the same remarks', () => {
  expect(Object.keys(german.remark)).toEqual(Object.keys(english.remark))
  expect(Object.keys(german.milestones)).toEqual(Object.keys(english.milestones))
})
