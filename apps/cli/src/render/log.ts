import type { LogEntry, LogReport } from '@iteg/migration'
import type { Style } from '../ui/paint.ts'
import { renderTable } from '../ui/table.ts'
import { count } from '../ui/text.ts'
import { formatTime } from '../ui/units.ts'
import type { RenderStyle } from './style.ts'

const colours: Readonly<Record<string, Style>> = {
  done: 'green',
  failed: 'red',
  unknown: 'red',
  open: 'yellow',
  incomplete: 'yellow',
  stopped: 'yellow',
  interrupted: 'yellow',
}

/** A line a write, oldest first; `--json` has what was to be written, too. */
export function renderLog({ entries }: LogReport, style: RenderStyle): string {
  if (entries.length === 0) return 'Nothing was written.'
  const table = renderTable(
    [
      { title: 'time' },
      { title: 'operator', optional: true },
      { title: 'domain' },
      { title: 'where' },
      { title: 'what' },
      { title: 'outcome' },
      { title: 'said', optional: true },
    ],
    entries.map((entry) => [
      formatTime(new Date(entry.at)),
      entry.operator ?? '',
      entry.domain,
      entry.system ?? '',
      what(entry),
      { text: entry.outcome, style: colours[entry.outcome] ?? 'dim' },
      entry.message ?? '',
    ]),
    style,
  )
  const writes = entries.filter(({ kind }) => kind === 'write').length
  return `${table}\n\n${count(writes, 'write')}, ${count(entries.length - writes, 'run')}`
}

function what({ operation, item, kind }: LogEntry): string {
  return kind === 'run' ? `run of ${operation}` : `${operation} ${item ?? ''}`
}
