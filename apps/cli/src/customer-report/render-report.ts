import type { MovedMailbox, MoveReport } from '@iteg/migration'
import { html, raw } from 'hono/html'
import { type Html, named } from '../serve/pages/html.ts'
import { style } from './style.ts'
import type { Milestone, Words } from './words.ts'

export interface ReportFile {
  /** The detailed JSON: its name and the SHA-256 (hex) of its bytes. */
  readonly details: { readonly file: string; readonly digest: string }
}

/** More would be pages that nobody reads; all are in the JSON. */
const MOST_MESSAGES = 200
const MOST_REMARKS = 100

/** The customer's report: one file that needs no other to be read. Pure. */
export async function renderMoveReport(
  report: MoveReport,
  words: Words,
  { details }: ReportFile,
): Promise<string> {
  const format = formats(words)
  const { domain, at, servers } = report
  const document = await html`<!doctype html>
    <html lang="${words.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${words.title}: ${named(domain)}</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <main>
          <h1>${words.title}: ${named(domain)}</h1>
          <p class="date">${words.made(format.date(at))}</p>
          <p>${words.intro({ old: named(servers.old), new: named(servers.new) })}</p>
          ${summary(report, words, format)} ${mailboxTable(report, words, format)}
          ${notMoved(report, words, format)} ${remarks(report, words)} ${milestones(report, words, format)}
          <h2>${words.how}</h2>
          ${words.howText.map((text) => html`<p>${text}</p>`)} ${comparisons(report, words, format)}
          <h2>${words.digestTitle}</h2>
          <p>${words.digestText(named(details.file))}</p>
          <p class="hash">${details.digest}</p>
        </main>
        <footer>${named(domain)} · ${format.date(at)}</footer>
      </body>
    </html> `
  return String(document)
}

interface Formats {
  readonly count: (number: number) => string
  readonly bytes: (number: number) => string
  readonly date: (iso: string) => string
  /** Short, for tables. */
  readonly day: (iso: string) => string
}

const UNITS = ['KB', 'MB', 'GB', 'TB'] as const

function formats({ locale }: Words): Formats {
  const count = new Intl.NumberFormat(locale)
  const short = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' })
  const day = new Intl.DateTimeFormat(locale, { day: '2-digit', month: '2-digit', year: 'numeric' })
  return {
    day: (iso) => day.format(new Date(iso)),
    count: (number) => count.format(number),
    bytes: (number) => {
      let [amount, unit] = [number / 1024, 0]
      while (amount >= 1023.95 && unit < UNITS.length - 1) [amount, unit] = [amount / 1024, unit + 1]
      return `${unit === 0 ? count.format(Math.ceil(amount)) : short.format(amount)}\u00A0${UNITS[unit] ?? ''}`
    },
    date: (iso) => date.format(new Date(iso)),
  }
}

function figure(value: string, name: string): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`
}

function summary({ totals, mailboxes }: MoveReport, words: Words, { count, bytes }: Formats): Html {
  const moving = mailboxes.filter(({ skipped }) => !skipped)
  const isComplete =
    moving.length > 0 &&
    moving.every(({ copied, verified }) => copied?.complete === true && verified?.equal === true)
  const text = isComplete ? (totals.setAside === 0 ? words.allMoved : words.someNotMoved) : words.notFinished
  return html`<h2>${words.summary}</h2>
    <p class="result${isComplete && totals.setAside === 0 ? '' : ' open'}">${text}</p>
    <dl class="figures">
      ${figure(count(totals.mailboxes), words.mailboxes)}${figure(count(totals.movedMessages), words.messagesMoved)}
      ${figure(bytes(totals.bytes), words.amount)}${figure(count(totals.setAside + totals.excluded), words.messagesNotMoved)}
      ${figure(`${count(totals.verified)} / ${count(totals.mailboxes)}`, words.verifiedMailboxes)}
    </dl>`
}

function mailboxTable({ mailboxes }: MoveReport, words: Words, format: Formats): Html {
  const { count, bytes } = format
  return html`<h2>${words.perMailbox}</h2>
    <div class="scroll" tabindex="0" role="group" aria-label="${words.perMailbox}">
      <table>
        <thead>
          <tr>
            <th scope="col">${words.mailbox}</th>
            <th scope="col" class="number">${words.inOld}</th>
            <th scope="col" class="number">${words.moved}</th>
            <th scope="col" class="number">${words.notMoved}</th>
            <th scope="col" class="number">${words.size}</th>
            <th scope="col">${words.compared}</th>
          </tr>
        </thead>
        <tbody>
          ${mailboxes.map((mailbox) => {
            const { sourceMessages, movedMessages, setAside, excludedMessages, skipped } = mailbox
            const known = !skipped && mailbox.copied !== undefined
            return html`<tr>
              <th scope="row">${named(mailbox.mailbox)}</th>
              <td class="number">${known ? count(sourceMessages) : ''}</td>
              <td class="number">${known ? count(movedMessages) : ''}</td>
              <td class="number">${known ? count(setAside.length + excludedMessages) : ''}</td>
              <td class="number">${mailbox.bytes === undefined || skipped ? '' : bytes(mailbox.bytes)}</td>
              <td class="said">${verdict(mailbox, words, format)}</td>
            </tr>`
          })}
        </tbody>
      </table>
    </div>`
}

function verdict(
  { skipped, active, copied, verified }: MovedMailbox,
  words: Words,
  { count, day }: Formats,
): string {
  if (skipped) return words.skipped
  const suffix = active ? '' : ` (${words.inactive})`
  if (copied === undefined) return words.notCopied + suffix
  if (verified === undefined) return words.notCompared + suffix
  return (
    (verified.equal ? words.equal(day(verified.at)) : words.differs(count(verified.differences))) + suffix
  )
}

function notMoved({ mailboxes, totals, excludedFolders }: MoveReport, words: Words, format: Formats): Html {
  const { count, day } = format
  const messages = mailboxes.flatMap(({ mailbox, setAside }) => setAside.map((one) => ({ mailbox, ...one })))
  const shown = messages.slice(0, MOST_MESSAGES)
  const nothing = messages.length === 0 && totals.excluded === 0
  return html`<h2>${words.notMovedTitle}</h2>
    ${nothing ? html`<p>${words.nothingLeft}</p>` : ''}
    ${totals.excluded === 0 ? '' : html`<p>${words.excluded(count(totals.excluded), excludedFolders.map(named).join(', '))}</p>`}
    ${
      messages.length === 0
        ? ''
        : html`<p>${words.notMovedIntro}</p>
            <div class="scroll" tabindex="0" role="group" aria-label="${words.notMovedTitle}">
              <table>
                <thead>
                  <tr>
                    <th scope="col">${words.mailbox}</th>
                    <th scope="col">${words.folder}</th>
                    <th scope="col">${words.date}</th>
                    <th scope="col">${words.reason}</th>
                  </tr>
                </thead>
                <tbody>
                  ${shown.map(
                    ({ mailbox, folder, date: when, reason, accepted }) =>
                      html`<tr>
                        <th scope="row">${named(mailbox)}</th>
                        <td>${named(folder)}</td>
                        <td class="day">${when === undefined ? '' : day(when)}</td>
                        <td>
                          ${named(reason)}${accepted === undefined ? '' : html`<br />${words.agreed}: ${named(accepted)}`}
                        </td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>
            ${messages.length > shown.length ? html`<p>${words.more(count(messages.length - shown.length))}</p>` : ''}`
    }`
}

function remarks({ remarks: found }: MoveReport, words: Words): Html | '' {
  const said = found.flatMap(({ code, item }) => {
    const text = words.remark[code]
    return text === undefined ? [] : [{ item: item ?? '', text }]
  })
  if (said.length === 0) return ''
  const shown = said.slice(0, MOST_REMARKS)
  return html`<h2>${words.remarks}</h2>
    <div class="scroll" tabindex="0" role="group" aria-label="${words.remarks}">
      <table>
        <thead>
          <tr>
            <th scope="col">${words.about}</th>
            <th scope="col">${words.remarks}</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            ({ item, text }) =>
              html`<tr>
                <th scope="row">${named(item)}</th>
                <td>${text}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${said.length > shown.length ? html`<p>${words.more(String(said.length - shown.length))}</p>` : ''}`
}

function milestones(
  { stages, steps, lastDeltaVerifiedAt }: MoveReport,
  words: Words,
  { date }: Formats,
): Html | '' {
  const stage = (name: string) => stages.find((run) => run.stage === name && run.state === 'done')?.endedAt
  const step = (name: string) => steps.find((one) => one.step === name)?.doneAt
  const times: readonly (readonly [Milestone, string | undefined])[] = [
    ['survey', stage('survey')],
    ['warn', stage('warn')],
    ['provision', stage('provision')],
    ['copy', stage('copy')],
    ['relayed', step('old-relays')],
    ['lastDelta', lastDeltaVerifiedAt],
    ['announce', stage('announce')],
    ['mx', step('mx')],
    ['catchup', stage('catchup')],
  ]
  const known = times
    .flatMap(([name, at]) => (at === undefined ? [] : [{ name, at }]))
    .toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at))
  if (known.length === 0) return ''
  return html`<h2>${words.when}</h2>
    <table>
      <tbody>
        ${known.map(
          ({ name, at }) =>
            html`<tr>
              <th scope="row">${words.milestones[name]}</th>
              <td><time datetime="${at}">${date(at)}</time></td>
            </tr>`,
        )}
      </tbody>
    </table>`
}

function comparisons({ verifications }: MoveReport, words: Words, { day }: Formats): Html | '' {
  if (verifications.length === 0) return ''
  return html`<h3>${words.comparisons}</h3>
    <div class="scroll" tabindex="0" role="group" aria-label="${words.comparisons}">
      <table>
        <thead>
          <tr>
            <th scope="col">${words.date}</th>
            <th scope="col">${words.result}</th>
            <th scope="col">${words.fingerprint}</th>
          </tr>
        </thead>
        <tbody>
          ${verifications.slice(0, 10).map(
            ({ at, green, digest }) =>
              html`<tr>
                <td class="day">${day(at)}</td>
                <td class="said">${green ? words.allEqual : words.withDifferences}</td>
                <td class="hash">${digest}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`
}
