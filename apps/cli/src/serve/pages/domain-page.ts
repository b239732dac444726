import type { DomainDetails, StatusDomain } from '@iteg/migration'
import { formatBytes, formatCount, formatDuration } from '../../ui/units.ts'
import { quotaChart } from '../charts/quota-chart.ts'
import { transferChart } from '../charts/transfer-chart.ts'
import { rateOf } from '../rate.ts'
import { waitingFor } from '../waiting.ts'
import { adoptionSection } from './adoption-section.ts'
import {
  findingsSection,
  noticesSection,
  stagesSection,
  stepsSection,
  verificationsSection,
} from './domain-sections.ts'
import { type Html, html, moment, named } from './html.ts'
import { page } from './layout.ts'
import { mailboxesSection } from './mailboxes-section.ts'

/** One domain: what it waits for, how its mailboxes stand, and what was found, told and proven. Pure. */
export function domainPage(details: DomainDetails): Promise<string> {
  const { status, at } = details
  return page({
    title: named(status.domain),
    at,
    json: `/api/domains/${encodeURIComponent(status.domain)}.json`,
    content: html`<p class="small"><a href="/">All domains</a></p>
      <h1>${named(status.domain)}</h1>
      <div id="now" data-live>${now(status, at)}</div>
      <div id="progress" data-live>${runningSection(details)}</div>
      <div id="charts" data-live>${charts(details)}</div>
      <div id="mailboxes" data-live>${mailboxesSection(details)}</div>
      <div id="adoption" data-live>${adoptionSection(details)}</div>
      <div id="findings" data-live>${findingsSection(details.findings)}</div>
      <div id="cutover" data-live>${stepsSection(details.steps)}</div>
      <div id="stages" data-live>${stagesSection(details.stages)}</div>
      <div id="notices" data-live>${noticesSection(details.notices)}</div>
      <div id="verified" data-live>${verificationsSection(details.verifications)}</div>`,
  })
}

function now(status: StatusDomain, at: string): Html {
  const { stage, since, totals, openActions, next, warned } = status
  const waiting = waitingFor(status, new Date(at))
  return html`<p>
      <span
        class="badge ${waiting.for === 'decision' ? 'bad' : waiting.for === 'done' ? 'good' : waiting.for === 'nobody' ? 'busy' : 'warn'}"
        >${waiting.label}</span
      >
      finished last: <strong>${stage}</strong>${since === undefined ? '' : html`, ${moment(since)}`};
      ${formatCount(totals.mailboxes)} mailboxes, ${formatCount(totals.verified)} verified,
      ${formatCount(totals.size.messages)} messages, ${formatBytes(totals.size.bytes)}
    </p>
    ${warned === undefined ? '' : html`<p>Users were told ${moment(warned.warnedAt)}; the cut-over may begin ${moment(warned.cutoverFrom)}.</p>`}
    <div class="card">
      <h2>Next</h2>
      ${next === undefined ? html`<p>Nothing left to do.</p>` : html`<p><code>${named(next)}</code></p>`}
      ${
        openActions.length === 0
          ? ''
          : html`<h3>Open</h3>
              <ul class="actions">
                ${openActions.map(
                  ({ message, command }) =>
                    html`<li>
                      ${named(message)}${command === undefined ? '' : html`<br /><code>${named(command)}</code>`}
                    </li>`,
                )}
              </ul>`
      }
    </div>`
}

function runningSection({ status, progress }: DomainDetails): Html | '' {
  const { running } = status
  if (running === undefined) return ''
  const run = progress.runs.at(-1)
  const last = run?.samples.at(-1)
  if (run === undefined || last === undefined)
    return html`<div class="card">
      <h2>Being worked on</h2>
      <p>${named(running)}</p>
    </div>`
  const rate = rateOf(run)
  const of = run.total === undefined ? '' : ` of ${formatCount(run.total.messages)}`
  return html`<div class="card">
    <h2>Being worked on</h2>
    <p>${named(running)}</p>
    ${run.total === undefined ? '' : html`<progress max="${Math.max(1, run.total.messages)}" value="${Math.min(last.messages, run.total.messages)}" aria-label="Messages settled"></progress>`}
    <p class="numbers">
      ${formatCount(last.messages)}${of} messages, ${formatBytes(last.bytes)} sent
      ${rate === undefined ? '' : html`· ${formatBytes(rate.bytesPerSecond)}/s, ${formatCount(Math.round(rate.messagesPerSecond))} messages/s`}
      ${rate?.remainingMs === undefined ? '' : html`· about ${formatDuration(rate.remainingMs)} left`}
    </p>
  </div>`
}

function charts({ status, progress }: DomainDetails): Html | '' {
  const newest = new Map(
    progress.runs.filter(({ samples }) => samples.length > 1).map((run) => [run.stage, run]),
  )
  const curves = ['copy', 'catchup'].flatMap((stage) => {
    const run = newest.get(stage)
    return run === undefined ? [] : [transferChart(run)]
  })
  const parts = [...curves, quotaChart(status.mailboxes)].filter((part) => part !== '')
  if (parts.length === 0) return ''
  return html`<h2>At a glance</h2>
    <div class="columns">${parts.map((part) => html`<div class="card">${part}</div>`)}</div>`
}
