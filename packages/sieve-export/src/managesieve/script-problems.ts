/** One thing that a server says about a script. Lines and columns count from 1. */
export interface ScriptProblem {
  readonly severity: 'error' | 'warning'
  readonly line?: number
  readonly column?: number
  /** Without the position. */
  readonly message: string
}

const maxProblems = 100

/** A server's own text for a position: Pigeonhole `main: line 4: error: ...`, Cyrus `line 4: ...`, others `at line 4, column 7`. */
const leading =
  /^(?:.*?[:\s])??line (\d{1,9})(?:(?:,|:)? ?(?:column|col\.?|char(?:acter)?) (\d{1,9}))?\s*[:,.]?\s+(?=\S)/i
const trailing = /\bline (\d{1,9})(?:(?:,|:)? ?(?:column|col\.?|char(?:acter)?) (\d{1,9}))?/i
const severity = /^(?:.*?: )?(error|warning|info): /i

/** Reads what a server says of a script (RFC 5804 §2.6, §2.12: free text). Pure. */
export function parseScriptProblems(text: string, kind: 'error' | 'warning'): readonly ScriptProblem[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, maxProblems)
    .map((line) => problemOf(line, kind))
}

function problemOf(text: string, kind: ScriptProblem['severity']): ScriptProblem {
  const placed = leading.exec(text)
  const rest = placed === null ? text : text.slice(placed[0].length)
  const position = placed ?? trailing.exec(text)
  const level = severity.exec(rest)
  const line = Number(position?.[1] ?? 0)
  const column = Number(position?.[2] ?? 0)
  return {
    severity: level === null ? kind : /^error$/i.test(level[1] ?? '') ? 'error' : 'warning',
    ...(line > 0 ? { line } : {}),
    ...(column > 0 ? { column } : {}),
    message: level === null ? rest : rest.slice(level[0].length),
  }
}
