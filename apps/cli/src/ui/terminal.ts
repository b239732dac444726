import type { MigrationEvent } from '@iteg/migration'
import { type Paint, paintFor } from './paint.ts'
import { eventLine, progressLines, progressSummary } from './progress-lines.ts'
import { advance, startProgress } from './progress-state.ts'
import { terminalSafe } from './text.ts'

/** How the program speaks: results to stdout, everything else to stderr. */
export interface Terminal {
  /** For results. */
  readonly paint: Paint
  /** For notes. */
  readonly notePaint: Paint
  /** Columns for results; without a terminal nothing is wrapped, so that lines can be searched. */
  readonly width: number
  /** A result, for people. */
  print(text: string): void
  /** The one JSON document of `--json`. */
  document(value: unknown): void
  /** A line beside the result; appears above live progress. */
  note(text: string): void
  /** Live progress or plain lines until disposed. */
  progress(): Promise<ProgressView>
}

interface ProgressView extends Disposable {
  readonly onEvent: (event: MigrationEvent) => void
}

export interface TerminalOptions {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly env: NodeJS.ProcessEnv
  readonly quiet: boolean
}

const redrawMs = 120
const plainSummaryMs = 30_000

export function openTerminal({ stdout, stderr, env, quiet }: TerminalOptions): Terminal {
  let live: { persist(text: string): void } | undefined
  const notePaint = paintFor(stderr)
  const note = (text: string) => {
    const safe = terminalSafe(text)
    if (live === undefined) stderr.write(`${safe}\n`)
    else live.persist(safe)
  }
  return {
    paint: paintFor(stdout),
    notePaint,
    width: stdout.isTTY ? stdout.columns : columnsFrom(env),
    print: (text) => void stdout.write(`${terminalSafe(text)}\n`),
    document: (value) => void stdout.write(`${jsonDocument(value)}\n`),
    note,
    progress: async () => {
      if (quiet) return { onEvent: () => undefined, [Symbol.dispose]: () => undefined }
      if (!stderr.isTTY || env['TERM'] === 'dumb' || env['CI'] !== undefined) return plainProgress(note)
      const { createLogUpdate } = await import('log-update')
      const update = createLogUpdate(stderr)
      live = update
      const view = liveProgress((now, state) =>
        update(terminalSafe(progressLines(state, stderr, now, notePaint).join('\n'))),
      )
      return {
        onEvent: view.onEvent,
        [Symbol.dispose]: () => {
          view[Symbol.dispose]()
          // The last picture says less than the result that follows.
          update.clear()
          update.done()
          live = undefined
        },
      }
    },
  }
}

function liveProgress(draw: (now: number, state: ReturnType<typeof startProgress>) => void): ProgressView {
  let state = startProgress(Date.now())
  const timer = setInterval(() => draw(Date.now(), state), redrawMs)
  timer.unref()
  return {
    onEvent: (event) => {
      state = advance(state, event, Date.now())
    },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}

function plainProgress(note: (text: string) => void): ProgressView {
  let state = startProgress(Date.now())
  let saidAt = Date.now()
  return {
    onEvent: (event) => {
      const now = Date.now()
      state = advance(state, event, now)
      const line = eventLine(event)
      if (line !== undefined) note(line)
      else if (event.type === 'mailbox-progress' && now - saidAt >= plainSummaryMs) {
        saidAt = now
        for (const summary of progressSummary(state)) note(summary)
      }
    },
    [Symbol.dispose]: () => undefined,
  }
}

function columnsFrom(env: NodeJS.ProcessEnv): number {
  const columns = Number(env['COLUMNS'])
  return Number.isInteger(columns) && columns > 0 ? columns : Number.POSITIVE_INFINITY
}

/** JSON that means the same and can be shown on a terminal: JSON.stringify lets C1 controls and others pass. */
function jsonDocument(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    // By UTF-16 units, as JSON's escapes are.
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
