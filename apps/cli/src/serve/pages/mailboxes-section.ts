import type { DomainDetails, MailboxProgress, StatusMailbox } from '@iteg/migration'
import { formatBytes, formatCount } from '../../ui/units.ts'
import { type Html, html, moment, named } from './html.ts'

/** Every mailbox; those that are worked on right now say how far they are. */
export function mailboxesSection({ status, progress }: DomainDetails): Html {
  const going = new Map(
    status.running === undefined
      ? []
      : progress.mailboxes
          .filter(({ state }) => state === 'running' || state === 'waiting')
          .map((one) => [one.mailbox, one]),
  )
  return html`<h2>Mailboxes <span class="muted small">${formatCount(status.mailboxes.length)}</span></h2>
    <div class="scroll card" tabindex="0" role="group" aria-label="Mailboxes">
      <table>
        <thead>
          <tr>
            <th scope="col">mailbox</th>
            <th scope="col">state</th>
            <th scope="col" class="number">messages</th>
            <th scope="col" class="number">size</th>
            <th scope="col" class="number">quota</th>
            <th scope="col">last copy</th>
            <th scope="col">verified</th>
            <th scope="col">handed over</th>
            <th scope="col">note</th>
          </tr>
        </thead>
        <tbody>
          ${status.mailboxes.map((mailbox) => row(mailbox, going.get(mailbox.mailbox)))}
        </tbody>
      </table>
    </div>`
}

function row(mailbox: StatusMailbox, going: MailboxProgress | undefined): Html {
  const { state, size, newQuotaBytes, copied, verified, handedOverAt } = mailbox
  return html`<tr>
    <th scope="row">${named(mailbox.mailbox)}</th>
    <td>${going === undefined ? state : progressOf(mailbox.mailbox, going)}</td>
    <td class="number">${size === undefined ? '?' : formatCount(size.messages)}</td>
    <td class="number">${size === undefined ? '?' : formatBytes(size.bytes)}</td>
    <td class="number">${newQuotaBytes === undefined ? '' : formatBytes(newQuotaBytes)}</td>
    <td>${moment(copied?.at)}</td>
    <td>
      ${verified === undefined ? '' : html`${verified.equal ? '' : html`<span class="badge bad">differs</span> `}${moment(verified.at)}`}
    </td>
    <td>${moment(handedOverAt)}</td>
    <td class="text">${named(note(mailbox, going))}</td>
  </tr>`
}

function progressOf(mailbox: string, { stage, done, total }: MailboxProgress): Html {
  const bar =
    total === undefined
      ? ''
      : html`<progress
          max="${Math.max(1, total.messages)}"
          value="${Math.min(done.messages, total.messages)}"
          aria-label="${named(mailbox)}: ${stage}"
        ></progress>`
  return html`${bar}<span class="small numbers"
      >${stage}:
      ${formatCount(done.messages)}${total === undefined ? '' : ` of ${formatCount(total.messages)}`}</span
    >`
}

function note({ problem, copied }: StatusMailbox, going: MailboxProgress | undefined): string {
  return [
    ...(going?.message === undefined ? [] : [going.message]),
    ...(problem === undefined ? [] : [problem]),
    ...(copied === undefined || copied.setAside === 0 ? [] : [`${formatCount(copied.setAside)} set aside`]),
  ].join('; ')
}
