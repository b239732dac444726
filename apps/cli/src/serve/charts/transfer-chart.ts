import type { ProgressRun } from '@iteg/migration'
import { formatBytes, formatCount, formatDuration, formatTime } from '../../ui/units.ts'
import { type Html, html, moment } from '../pages/html.ts'

/** A curve of a run: what it had done at which time. Bytes where it moved any, messages otherwise. */
export function transferChart(run: ProgressRun): Html | '' {
  const [first] = run.samples
  const last = run.samples.at(-1)
  if (first === undefined || last === undefined || run.samples.length < 2) return ''
  const inBytes = last.bytes > 0
  const unit = inBytes ? 'bytes' : 'messages'
  const format = inBytes ? formatBytes : formatCount
  const [left, width, height] = [62, 272, 130]
  const from = Date.parse(run.startedAt)
  const span = Math.max(1, Date.parse(last.at) - from)
  const most = Math.max(1, ...run.samples.map((sample) => sample[unit]))
  const x = (at: string) => (left + (width * (Date.parse(at) - from)) / span).toFixed(1)
  const y = (value: number) => (height - (height * value) / most).toFixed(1)
  const points = run.samples.map((sample) => `${x(sample.at)},${y(sample[unit])}`).join(' ')
  const id = `c-${run.stage}-${from}`
  const rows = thinned(run, 12)
  return html`<figure>
    <figcaption id="${id}">
      ${inBytes ? 'Bytes' : 'Messages'} over time: ${run.stage}, begun ${formatTime(new Date(run.startedAt))}
    </figcaption>
    <svg viewBox="0 -10 ${left + width + 8} ${height + 32}" role="img" aria-labelledby="${id} ${id}-d">
      <desc id="${id}-d">${format(last[unit])} after ${formatDuration(span)}.</desc>
      ${[0, 0.5, 1].map(
        (part) =>
          html`<line
              class="grid"
              x1="${left}"
              x2="${left + width}"
              y1="${y(most * part)}"
              y2="${y(most * part)}"
            ></line>
            <text class="quiet" x="${left - 8}" y="${Number(y(most * part)) + 4}" text-anchor="end"
              >${format(Math.round(most * part))}</text
            >`,
      )}
      <polygon class="area" points="${left},${height} ${points} ${x(last.at)},${height}"></polygon>
      <polyline class="line" points="${left},${height} ${points}"></polyline>
      <text class="quiet" x="${left}" y="${height + 18}">0:00</text>
      <text class="quiet" x="${left + width}" y="${height + 18}" text-anchor="end">
        ${formatDuration(span)}
      </text>
    </svg>
    <details id="t-${id}">
      <summary>As a table</summary>
      <div class="scroll" tabindex="0" role="group" aria-label="${run.stage} over time">
        <table>
          <thead>
            <tr>
              <th scope="col">at</th>
              <th scope="col" class="number">messages</th>
              <th scope="col" class="number">bytes</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              ({ at, messages, bytes }) =>
                html`<tr>
                  <td>${moment(at)}</td>
                  <td class="number">${formatCount(messages)}</td>
                  <td class="number">${formatBytes(bytes)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>
  </figure>`
}

function thinned({ samples }: ProgressRun, most: number): ProgressRun['samples'] {
  const step = Math.max(1, Math.ceil(samples.length / most))
  return samples.filter((_, index) => index % step === 0 || index === samples.length - 1)
}
