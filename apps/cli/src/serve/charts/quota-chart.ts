import type { StatusMailbox } from '@iteg/migration'
import { formatBytes } from '../../ui/units.ts'
import { type Html, html, named } from '../pages/html.ts'

/** More bars are a wall; those that are full matter. */
const MOST_BARS = 15
const TIGHT = 0.9

interface Bar {
  readonly mailbox: string
  readonly bytes: number
  readonly quotaBytes: number
  /** Of the quota; 0 is unlimited. */
  readonly share: number
}

/** The mailboxes that fill the most of what they get on mailcow; nothing before a survey. */
export function quotaChart(mailboxes: readonly StatusMailbox[]): Html | '' {
  const all = mailboxes.flatMap(({ mailbox, size, newQuotaBytes }): Bar[] =>
    size === undefined || newQuotaBytes === undefined || newQuotaBytes === 0
      ? []
      : [{ mailbox, bytes: size.bytes, quotaBytes: newQuotaBytes, share: size.bytes / newQuotaBytes }],
  )
  if (all.length === 0) return ''
  const bars = all.toSorted((one, other) => other.share - one.share).slice(0, MOST_BARS)
  const most = Math.max(1, ...bars.map(({ share }) => share))
  const [width, step] = [340, 34]
  const limit = width / most
  const over = all.filter(({ share }) => share > 1).length
  const title =
    all.length > bars.length
      ? `Size against quota: the fullest ${bars.length} of ${all.length}`
      : 'Size against quota'
  return html`<figure>
    <figcaption id="c-quota">${title}</figcaption>
    <svg viewBox="0 0 ${width + 4} ${bars.length * step + 18}" role="img" aria-labelledby="c-quota c-quota-d">
      <desc id="c-quota-d">
        ${over === 0 ? 'No mailbox is over its quota.' : `${over} over their quota.`} The numbers are in the
        table below.
      </desc>
      ${bars.map(
        ({ mailbox, bytes, quotaBytes, share }, index) =>
          html`<text x="0" y="${index * step + 12}">${shortened(named(mailbox))}</text>
            <text x="${width}" y="${index * step + 12}" text-anchor="end" class="quiet"
              >${formatBytes(bytes)} of ${formatBytes(quotaBytes)}</text
            >
            <rect
              class="track"
              x="0"
              y="${index * step + 17}"
              width="${limit.toFixed(1)}"
              height="10"
              rx="2"
            ></rect>
            <rect
              class="bar${share > 1 ? ' over' : share > TIGHT ? ' tight' : ''}"
              x="0"
              y="${index * step + 17}"
              width="${(limit * share).toFixed(1)}"
              height="10"
              rx="2"
            ></rect>
            <line
              class="goal"
              x1="${limit.toFixed(1)}"
              x2="${limit.toFixed(1)}"
              y1="${index * step + 15}"
              y2="${index * step + 29}"
            ></line>`,
      )}
      <text x="${limit.toFixed(1)}" y="${bars.length * step + 14}" text-anchor="end" class="quiet">
        the quota
      </text>
    </svg>
    <details id="t-quota">
      <summary>As a table</summary>
      <div class="scroll" tabindex="0" role="group" aria-label="Size against quota">
        <table>
          <thead>
            <tr>
              <th scope="col">mailbox</th>
              <th scope="col" class="number">size</th>
              <th scope="col" class="number">quota</th>
              <th scope="col" class="number">filled</th>
            </tr>
          </thead>
          <tbody>
            ${bars.map(
              ({ mailbox, bytes, quotaBytes, share }) =>
                html`<tr>
                  <th scope="row">${named(mailbox)}</th>
                  <td class="number">${formatBytes(bytes)}</td>
                  <td class="number">${formatBytes(quotaBytes)}</td>
                  <td class="number">${Math.round(share * 100)} %</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>
  </figure>`
}

function shortened(text: string): string {
  return text.length > 28 ? `${text.slice(0, 27)}…` : text
}
