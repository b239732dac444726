import type { Finding, NoticeDetails, StageDetails, StepDetails, Verification } from '@iteg/migration'
import { formatCount } from '../../ui/units.ts'
import { type Html, html, moment, named } from './html.ts'

const MOST_FINDINGS = 200

export function findingsSection(findings: readonly Finding[]): Html | '' {
  if (findings.length === 0) return ''
  const shown = findings.slice(0, MOST_FINDINGS)
  return html`<h2>Findings <span class="muted small">${formatCount(findings.length)}</span></h2>
    <div class="scroll card" tabindex="0" role="group" aria-label="Findings">
      <table>
        <thead>
          <tr>
            <th scope="col">severity</th>
            <th scope="col">code</th>
            <th scope="col">about</th>
            <th scope="col">what is so, and what to do</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(findingRow)}
        </tbody>
      </table>
    </div>
    ${findings.length > shown.length ? html`<p class="muted">The first ${shown.length}; all are in the JSON.</p>` : ''}`
}

function findingRow({ severity, code, item, message, remedy, accepted }: Finding): Html {
  const kind =
    accepted === undefined
      ? { red: 'badge bad', yellow: 'badge warn', info: 'badge' }[severity]
      : 'badge good'
  return html`<tr>
    <td><span class="${kind}">${accepted === undefined ? severity : 'accepted'}</span></td>
    <td><code>${named(code)}</code></td>
    <td class="text">${named(item ?? '')}</td>
    <td class="text">
      ${named(message)}
      <span class="muted"
        >${accepted === undefined ? named(remedy) : html`${named(accepted.reason)}${accepted.by === undefined ? '' : ` (${named(accepted.by)})`}`}</span
      >
    </td>
  </tr>`
}

export function stepsSection(steps: readonly StepDetails[]): Html | '' {
  if (steps.length === 0) return ''
  return html`<h2>Cut-over</h2>
    <div class="scroll card" tabindex="0" role="group" aria-label="Cut-over">
      <table>
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col">begun</th>
            <th scope="col">done</th>
            <th scope="col">what it says</th>
          </tr>
        </thead>
        <tbody>
          ${steps.map(
            ({ way, step, startedAt, doneAt, message }) =>
              html`<tr>
                <th scope="row">${way === 'back' ? 'back: ' : ''}${named(step)}</th>
                <td>${moment(startedAt)}</td>
                <td>${doneAt === undefined ? html`<span class="badge warn">open</span>` : moment(doneAt)}</td>
                <td class="text">${named(message ?? '')}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`
}

export function stagesSection(stages: readonly StageDetails[]): Html | '' {
  if (stages.length === 0) return ''
  return html`<h2>Stages</h2>
    <div class="scroll card" tabindex="0" role="group" aria-label="Stages">
      <table>
        <thead>
          <tr>
            <th scope="col">stage</th>
            <th scope="col">last run</th>
            <th scope="col">ended</th>
            <th scope="col">how</th>
            <th scope="col">what it says</th>
          </tr>
        </thead>
        <tbody>
          ${stages.map(
            ({ stage, state, startedAt, endedAt, summary }) =>
              html`<tr>
                <th scope="row">${stage}</th>
                <td>${moment(startedAt)}</td>
                <td>${moment(endedAt)}</td>
                <td>
                  <span class="badge ${state === 'done' ? 'good' : state === 'running' ? 'busy' : 'warn'}"
                    >${state}</span
                  >
                </td>
                <td class="text">${named(summary ?? '')}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`
}

const MOST_NOTICES = 300

export function noticesSection(notices: readonly NoticeDetails[]): Html | '' {
  if (notices.length === 0) return ''
  const shown = notices.slice(0, MOST_NOTICES)
  return html`<h2>Notices <span class="muted small">${formatCount(notices.length)}</span></h2>
    <details id="d-notices">
      <summary>Who was told what</summary>
      <div class="scroll card" tabindex="0" role="group" aria-label="Notices">
        <table>
          <thead>
            <tr>
              <th scope="col">recipient</th>
              <th scope="col">notice</th>
              <th scope="col">at</th>
              <th scope="col">how</th>
              <th scope="col">outcome</th>
            </tr>
          </thead>
          <tbody>
            ${shown.map(
              ({ recipient, kind, occasion, via, at, outcome, message }) =>
                html`<tr>
                  <th scope="row">${named(recipient)}</th>
                  <td>${named(occasion === undefined ? kind : `${kind} ${occasion}`)}</td>
                  <td>${moment(at)}</td>
                  <td>${via}</td>
                  <td class="text">
                    <span class="badge ${outcome === 'delivered' ? 'good' : 'warn'}">${outcome}</span>
                    ${outcome === 'delivered' ? '' : named(message ?? '')}
                  </td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>
    ${notices.length > shown.length ? html`<p class="muted">The newest ${shown.length}; more are in the JSON.</p>` : ''}`
}

export function verificationsSection(verifications: readonly Verification[]): Html | '' {
  if (verifications.length === 0) return ''
  return html`<h2>Comparisons</h2>
    <details id="d-verified">
      <summary>Frozen reports of verify and their digests</summary>
      <div class="scroll card" tabindex="0" role="group" aria-label="Comparisons">
        <table>
          <thead>
            <tr>
              <th scope="col">at</th>
              <th scope="col">result</th>
              <th scope="col">SHA-256</th>
            </tr>
          </thead>
          <tbody>
            ${verifications.slice(0, 50).map(
              ({ at, green, digest }) =>
                html`<tr>
                  <td>${moment(at)}</td>
                  <td><span class="badge ${green ? 'good' : 'bad'}">${green ? 'equal' : 'differs'}</span></td>
                  <td><code>${digest}</code></td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>`
}
