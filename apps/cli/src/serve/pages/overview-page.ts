import type { StatusDomain, StatusReport } from '@iteg/migration'
import { formatBytes, formatCount } from '../../ui/units.ts'
import { stagesChart } from '../charts/stages-chart.ts'
import { plural, shareDone, type Waiting, waitingFor, WAITING_ORDER } from '../waiting.ts'
import { type Html, html, moment, named, slug } from './html.ts'
import { page } from './layout.ts'

interface Row {
  readonly domain: StatusDomain
  readonly waiting: Waiting
}

const HEADINGS: Readonly<Record<Waiting['for'], string>> = {
  decision: 'Wait for your decision',
  command: 'Ready for their next command',
  nobody: 'Being worked on',
  time: 'Wait for their date',
  done: 'Nothing left to do',
}

/** All domains: what to do today, by whom they wait for and how far they are. Pure. */
export async function overviewPage(report: StatusReport): Promise<string> {
  const now = new Date(report.at)
  const rows = report.domains.map((domain): Row => ({ domain, waiting: waitingFor(domain, now) }))
  return page({
    title: 'All domains',
    at: report.at,
    json: '/api/status.json',
    content: html`<h1>All domains</h1>
      ${report.domains.length === 0 ? html`<p>No domain yet. Start with: <code>mailmove survey</code></p>` : content(rows)}`,
  })
}

function content(rows: readonly Row[]): Html {
  const domains = rows.map(({ domain }) => domain)
  return html`<div id="tiles" data-live>${tiles(rows)}</div>
    <div id="stages" data-live class="card">${stagesChart(domains)}</div>
    <form class="filter" role="search" hidden>
      <label for="filter">Find a domain</label>
      <input type="search" id="filter" autocomplete="off" spellcheck="false" /><span
        id="filter-count"
        role="status"
      ></span>
    </form>
    <div id="domains" data-live>${WAITING_ORDER.map((kind) => group(kind, rows))}</div>`
}

function tile(value: string, label: string): Html {
  return html`<li><strong>${value}</strong> <span>${label}</span></li>`
}

function tiles(rows: readonly Row[]): Html {
  const count = (kind: Waiting['for']) => rows.filter(({ waiting }) => waiting.for === kind).length
  const sum = (of: (domain: StatusDomain) => number) => rows.reduce((all, { domain }) => all + of(domain), 0)
  const mailboxes = sum(({ totals }) => totals.mailboxes)
  return html`<ul class="tiles">
    ${tile(formatCount(rows.length), 'domains')}
    ${tile(formatCount(count('decision')), 'wait for your decision')}
    ${tile(formatCount(count('command')), 'ready for a command')}
    ${tile(formatCount(count('nobody')), 'being worked on')}
    ${tile(`${formatCount(sum(({ totals }) => totals.verified))} of ${formatCount(mailboxes)}`, 'mailboxes verified')}
    ${tile(formatBytes(sum(({ totals }) => totals.size.bytes)), 'of mail')}
  </ul>`
}

function group(kind: Waiting['for'], rows: readonly Row[]): Html | '' {
  const members = rows.filter(({ waiting }) => waiting.for === kind)
  if (members.length === 0) return ''
  return html`<section data-group aria-labelledby="g-${kind}">
    <h2 id="g-${kind}">${HEADINGS[kind]} <span class="muted small">${formatCount(members.length)}</span></h2>
    <ol class="domains">
      ${members.map(row)}
    </ol>
  </section>`
}

const BADGES: Readonly<Record<Waiting['for'], string>> = {
  decision: 'badge bad',
  command: 'badge warn',
  nobody: 'badge busy',
  time: 'badge',
  done: 'badge good',
}

function row({ domain, waiting }: Row): Html {
  const { totals, counts } = domain
  const name = named(domain.domain)
  return html`<li data-domain="${domain.domain.toLowerCase()}">
    <div>
      <a class="domain-name" href="/domains/${encodeURIComponent(domain.domain)}">${name}</a><br />
      <span class="muted small"
        >${domain.stage}${domain.since === undefined ? '' : html`, since ${moment(domain.since)}`}</span
      >
    </div>
    <div>
      <progress
        max="1"
        value="${shareDone(domain).toFixed(3)}"
        aria-label="${name}: provisioned, copied and verified"
        id="p-${slug(domain.domain)}"
      ></progress>
      <span class="small numbers"
        >${formatCount(totals.verified)} of
        ${plural(totals.mailboxes, 'mailbox').replace('mailboxs', 'mailboxes')} verified,
        ${formatBytes(totals.size.bytes)}</span
      >
    </div>
    <div>
      <span class="${BADGES[waiting.for]}">${waiting.label}</span>
      ${counts.yellow === 0 ? '' : html`<br /><span class="muted small">${formatCount(counts.yellow)} yellow</span>`}
    </div>
    <div>
      ${domain.running === undefined ? '' : html`<span class="small">${named(domain.running)}</span><br />`}
      ${domain.next === undefined ? '' : html`<code>${named(domain.next)}</code>`}
    </div>
  </li>`
}
