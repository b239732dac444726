import type { Adoption } from '@iteg/migration'
import { formatCount, formatTime } from '../../ui/units.ts'
import { type Html, html, moment } from '../pages/html.ts'

/** How many users have a password of their own, over time; nothing before the first has. */
export function adoptionChart({ mailboxes, at }: Adoption): Html | '' {
  const times = mailboxes.flatMap(({ ownPasswordSince }) => ownPasswordSince ?? []).toSorted()
  const [first] = times
  if (first === undefined) return ''
  const [left, width, height] = [32, 300, 110]
  const from = Date.parse(first)
  const span = Math.max(1, Date.parse(at) - from)
  const all = mailboxes.length
  const x = (time: string) => (left + Math.min(1, (Date.parse(time) - from) / span) * width).toFixed(1)
  const y = (count: number) => (height - (height * count) / all).toFixed(1)
  // Steps: somebody has one, or not.
  const points = times.map((time, index) => `${x(time)},${y(index)} ${x(time)},${y(index + 1)}`).join(' ')
  return html`<figure>
    <figcaption id="c-adoption">Own passwords over time</figcaption>
    <svg
      viewBox="0 -10 ${left + width + 4} ${height + 32}"
      role="img"
      aria-labelledby="c-adoption c-adoption-d"
    >
      <desc id="c-adoption-d">
        ${formatCount(times.length)} of ${formatCount(all)} by ${formatTime(new Date(at))}.
      </desc>
      <line class="grid" x1="${left}" x2="${left + width}" y1="${height}" y2="${height}"></line>
      <line class="goal" x1="${left}" x2="${left + width}" y1="0" y2="0"></line>
      <text class="quiet" x="${left - 6}" y="4" text-anchor="end">${formatCount(all)}</text>
      <text class="quiet" x="${left - 6}" y="${height + 4}" text-anchor="end">0</text>
      <polyline class="line" points="${points} ${left + width},${y(times.length)}"></polyline>
      <text class="quiet" x="${left}" y="${height + 18}">${formatTime(new Date(first))}</text>
      <text class="quiet" x="${left + width}" y="${height + 18}" text-anchor="end">
        ${formatTime(new Date(at))}
      </text>
    </svg>
    <details id="t-adoption">
      <summary>As a table</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">since</th>
            <th scope="col" class="number">own passwords</th>
          </tr>
        </thead>
        <tbody>
          ${daily(times).map(
            ({ time, count }) =>
              html`<tr>
                <td>${moment(time)}</td>
                <td class="number">${formatCount(count)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </details>
  </figure>`
}

/** The last of each day. */
function daily(times: readonly string[]): readonly { readonly time: string; readonly count: number }[] {
  return times
    .map((time, index) => ({ time, count: index + 1 }))
    .filter(({ time }, index) => times[index + 1]?.slice(0, 10) !== time.slice(0, 10))
}
