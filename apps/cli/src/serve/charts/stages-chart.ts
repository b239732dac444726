import { STAGE_ORDER, type StatusDomain } from '@iteg/migration'
import { formatCount } from '../../ui/units.ts'
import { type Html, html } from '../pages/html.ts'

const ORDER = ['new', ...STAGE_ORDER] as const

/** How many domains are at which stage: the last one that they finished. */
export function stagesChart(domains: readonly StatusDomain[]): Html {
  const known = new Set<string>(ORDER)
  const others = [...new Set(domains.map(({ stage }) => stage))].filter((stage) => !known.has(stage))
  const rows = [...ORDER, ...others].map((stage) => ({
    stage,
    count: domains.filter((domain) => domain.stage === stage).length,
  }))
  const most = Math.max(1, ...rows.map(({ count }) => count))
  const [left, width, height] = [72, 220, 20]
  const said = rows.filter(({ count }) => count > 0).map(({ stage, count }) => `${count} at ${stage}`)
  return html`<figure>
    <figcaption id="c-stages">Domains by the last stage that they finished</figcaption>
    <svg
      viewBox="0 0 ${left + width + 44} ${rows.length * height + 4}"
      role="img"
      aria-labelledby="c-stages c-stages-d"
    >
      <desc id="c-stages-d">${said.join(', ')}</desc>
      ${rows.map(
        ({ stage, count }, index) =>
          html`<text
              x="${left - 8}"
              y="${index * height + 14}"
              text-anchor="end"
              class="${count === 0 ? 'quiet' : ''}"
              >${stage}</text
            >
            <rect
              class="track"
              x="${left}"
              y="${index * height + 4}"
              width="${width}"
              height="12"
              rx="3"
            ></rect>
            <rect
              class="bar"
              x="${left}"
              y="${index * height + 4}"
              width="${((width * count) / most).toFixed(1)}"
              height="12"
              rx="3"
            ></rect>
            <text x="${left + width + 8}" y="${index * height + 14}">${formatCount(count)}</text>`,
      )}
    </svg>
    <details id="t-stages">
      <summary>As a table</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">stage</th>
            <th scope="col" class="number">domains</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ stage, count }) =>
              html`<tr>
                <th scope="row">${stage}</th>
                <td class="number">${formatCount(count)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </details>
  </figure>`
}
