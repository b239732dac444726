import Table from 'cli-table3'
import type { LedgerFigures } from './bench-ledger.ts'

const count = (number: number): string => number.toLocaleString('en')
const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`

/** For people. */
export function ledgerFigures({ size, made, timings, pageBytes, peakMemoryBytes }: LedgerFigures): string {
  const table = new Table({
    head: ['asked', 'first, ms', 'best, ms', 'processor, ms'],
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  })
  for (const { what, firstMs, bestMs, cpuMs } of timings)
    table.push([what, firstMs.toFixed(1), bestMs.toFixed(1), cpuMs.toFixed(1)])
  return `${count(size.domains)} domains, ${count(size.mailboxes)} mailboxes, ${count(made.messages)} messages in ${count(made.runs)} runs of the UID map (${(made.messages / made.runs).toFixed(1)} messages each)
ledger: ${mebibytes(made.bytes)}, ${(made.bytes / made.messages).toFixed(2)} bytes a message; the UID map alone ${mebibytes(made.mapBytes)}, ${(made.mapBytes / made.messages).toFixed(2)} bytes a message, ${(made.mapBytes / made.runs).toFixed(0)} a run
page of all domains: ${mebibytes(pageBytes)}; peak memory ${mebibytes(peakMemoryBytes)}
${table.toString()}
`
}
