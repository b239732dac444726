/** One thing that a server says about a script. Lines and columns count from 1. */
export interface ScriptProblem {
  readonly severity: 'error' | 'warning'
  /** Another script that the first one includes; absent for the script itself. */
  readonly script?: string
  readonly line?: number
  readonly column?: number
  /** Without script and position. */
  readonly message: string
}

const maxProblems = 100

/** Pigeonhole `line 4: error: ...` (after the script's name), Cyrus `line 4: ...`, others `line 4, column 7: ...`. */
const leading =
  /^(?:(.{1,512}?): )?line (\d{1,9})(?:[,:]? ?(?:column|col\.?|character|char) (\d{1,9}))?\s*[:,.]\s*(?=\S)/i
/** Wherever else a position may stand: `... at line 4, column 7`. */
const anywhere = /\bline (\d{1,9})(?:[,:]? ?(?:column|col\.?|character|char) (\d{1,9}))?/i
const level = /^(error|warning|info): /i

/**
 * Reads what a server says of a script (RFC 5804 §2.6, §2.12: free text); `name` is the one under which it was to be
 * stored, with which Pigeonhole begins its lines. Pure.
 */
export function parseScriptProblems(
  text: string,
  kind: ScriptProblem['severity'],
  name?: string,
): readonly ScriptProblem[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, maxProblems)
    .map((line) => problemOf(withoutName(line, name), kind))
}

function withoutName(line: string, name: string | undefined): string {
  return name !== undefined && line.startsWith(`${name}: `) ? line.slice(name.length + 2) : line
}

function problemOf(text: string, kind: ScriptProblem['severity']): ScriptProblem {
  const placed = leading.exec(text)
  const rest = placed === null ? text : text.slice(placed[0].length)
  const [, script] = placed ?? []
  const [line = '', column = ''] = placed?.slice(2) ?? anywhere.exec(text)?.slice(1) ?? []
  const named = level.exec(rest)
  return {
    severity: named === null ? kind : named[1]?.toLowerCase() === 'error' ? 'error' : 'warning',
    ...(script === undefined ? {} : { script }),
    ...(line === '' ? {} : { line: Number(line) }),
    ...(column === '' ? {} : { column: Number(column) }),
    message: named === null ? rest : rest.slice(named[0].length),
  }
}
