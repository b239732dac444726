import Table from 'cli-table3'
import type { NoticesBenchReport } from './bench-notices.ts'

/** What was measured, by part of the work. */
export function noticesFigures({ machine, options, passes }: NoticesBenchReport): string {
  const table = new Table({
    head: ['', 'notices', 'seconds', 'per second', 'CPU ms each', 'KiB each', 'peak MiB'],
    style: { head: [], border: [] },
  })
  for (const { name, count, seconds, cpuSeconds, bytes, peakMiB } of passes)
    table.push([
      name,
      String(count),
      seconds.toFixed(2),
      (count / seconds).toFixed(0),
      ((cpuSeconds * 1000) / count).toFixed(2),
      (bytes / count / 1024).toFixed(1),
      peakMiB.toFixed(0),
    ])
  return `${machine}; ${options.notices} hand-over mails, a script and an address book attached\n${table.toString()}\n`
}
