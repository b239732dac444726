import Table from 'cli-table3'
import type { ApiBenchReport } from './bench-api.ts'

/** What was measured, and whether the reads grow with the domains or with the mailboxes. */
export function apiFigures(report: ApiBenchReport): string {
  const { machine, options, passes } = report
  const { domains, mailboxes } = options
  const table = new Table({
    head: [
      '',
      'seconds',
      'calls',
      'calls/s',
      'calls/mailbox',
      'reads',
      'reads/domain',
      'reads/mailbox',
      'writes',
      'connections',
    ],
    style: { head: [], border: [] },
  })
  for (const { name, seconds, calls, reads, writes, connections } of passes)
    table.push([
      name,
      seconds.toFixed(2),
      String(calls),
      (calls / seconds).toFixed(0),
      (calls / mailboxes).toFixed(2),
      String(reads),
      (reads / domains).toFixed(2),
      (reads / mailboxes).toFixed(2),
      String(writes),
      String(connections),
    ])
  const routes = passes.map(
    ({ name, routes: list }) => `${name}: ${list.map(({ route, calls }) => `${route} ${calls}`).join(', ')}`,
  )
  return [
    `${machine}; ${mailboxes} mailboxes in ${domains} domains; mailcow double of the test bed, accounts written for a real Dovecot`,
    table.toString(),
    ...routes,
    '',
  ].join('\n')
}
