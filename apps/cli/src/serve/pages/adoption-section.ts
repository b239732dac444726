import type { Adoption, DomainDetails } from '@iteg/migration'
import { formatCount } from '../../ui/units.ts'
import { adoptionChart } from '../charts/adoption-chart.ts'
import { type Html, html, moment, named } from './html.ts'

/** Who is on the new server: what `adopt` saw last; before it, who was handed over. */
export function adoptionSection({ status, adoption }: DomainDetails): Html | '' {
  const all = status.mailboxes.filter(({ state }) => state !== 'skipped').length
  const handedOver = status.mailboxes.filter(({ handedOverAt }) => handedOverAt !== undefined).length
  if (handedOver === 0 && adoption === undefined) return ''
  return html`<h2>Adoption</h2>
    <div class="card">
      <progress max="${Math.max(1, all)}" value="${handedOver}" aria-label="Mailboxes handed over"></progress>
      <p>${formatCount(handedOver)} of ${formatCount(all)} mailboxes were handed over to their users.</p>
      ${adoption === undefined ? '' : seen(adoption)}
    </div>`
}

function seen(adoption: Adoption): Html {
  const open = adoption.mailboxes.filter(({ state }) => state !== 'done')
  return html`<p>
      ${formatCount(adoption.mailboxes.length - open.length)} are on the new server with a password of their
      own, as of ${moment(adoption.at)}.
    </p>
    ${adoptionChart(adoption)}
    ${
      open.length === 0
        ? ''
        : html`<h3>Not yet</h3>
            <div class="scroll" tabindex="0" role="group" aria-label="Not yet on the new server">
              <table>
                <thead>
                  <tr>
                    <th scope="col">mailbox</th>
                    <th scope="col">state</th>
                    <th scope="col">last login, new</th>
                    <th scope="col">last login, old</th>
                    <th scope="col" class="number">reminders</th>
                  </tr>
                </thead>
                <tbody>
                  ${open.map(
                    ({ mailbox, state, lastNewLogin, lastOldLogin, reminders }) =>
                      html`<tr>
                        <th scope="row">${named(mailbox)}</th>
                        <td>${named(state)}</td>
                        <td>${moment(lastNewLogin)}</td>
                        <td>${moment(lastOldLogin)}</td>
                        <td class="number">${formatCount(reminders)}</td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>`
    }`
}
