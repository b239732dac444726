/**
 * What is wrong with a POSIX extended regular expression as glibc compiles it, or undefined. Nothing is executed, so
 * that a hostile expression costs no more than its length.
 */
export function regexProblem(expression: string): string | undefined {
  // Byte by byte, as in the C locale that mail servers run in.
  const pattern = Buffer.from(expression, 'utf8').toString('latin1')
  /** Groups that are open, and those that were closed: what `\\1` can refer to. */
  const open: number[] = []
  const closed = new Set<number>()
  let groups = 0
  /** Whether something stands before the cursor that can be repeated. */
  let repeatable = false
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern.charAt(at)
    switch (char) {
      case '\\': {
        at += 1
        const escaped = pattern.charAt(at)
        if (escaped === '') return 'it ends with a backslash'
        if (/[1-9]/.test(escaped) && !closed.has(Number(escaped)))
          return `there is no group ${escaped} before it`
        // GNU: these are places, not characters
        repeatable = !/[bB<>`']/.test(escaped)
        break
      }
      case '[': {
        const end = bracketEnd(pattern, at)
        if (typeof end === 'string') return end
        at = end
        repeatable = true
        break
      }
      case '(':
        open.push((groups += 1))
        repeatable = false
        break
      case ')': {
        // an unmatched one is an ordinary character
        const group = open.pop()
        if (group !== undefined) closed.add(group)
        repeatable = true
        break
      }
      case '|':
      case '^':
      case '$':
        repeatable = false
        break
      case '*':
      case '+':
      case '?':
        if (!repeatable) return `"${char}" has nothing before it to repeat`
        break
      case '{': {
        if (!repeatable) return '"{" has nothing before it to repeat'
        const interval = repetition(pattern.slice(at, at + 20))
        if (typeof interval === 'string') return interval
        at += interval - 1
        break
      }
      default:
        repeatable = true
    }
  }
  return open.length > 0 ? '")" is missing' : undefined
}

/** The length of `{1,3}`, or what is wrong with it. */
function repetition(text: string): number | string {
  const interval = /^\{(\d*)(,?)(\d*)\}/.exec(text)
  if (interval === null || (interval[1] === '' && interval[2] === '')) {
    return '"{" begins no valid repetition such as {1,3}'
  }
  const [whole, from = '', comma, to = ''] = interval
  const high = comma === '' ? from : to
  if (Number(from) > 0x7f_ff || Number(high) > 0x7f_ff) return 'a repetition is too large'
  if (high !== '' && Number(from) > Number(high)) return 'a repetition ends before it begins'
  return whole.length
}

const classes = new Set('alnum alpha blank cntrl digit graph lower print punct space upper xdigit'.split(' '))

type BracketElement =
  /** A character, or a collating symbol of one character; what a range may begin and end with. */
  | { readonly kind: 'character'; readonly code: number; readonly end: number }
  | { readonly kind: 'class'; readonly end: number }
  | { readonly kind: 'problem'; readonly problem: string }

/** Where a bracket expression ends, or what is wrong with it. */
function bracketEnd(pattern: string, start: number): number | string {
  let at = pattern.charAt(start + 1) === '^' ? start + 2 : start + 1
  for (let first = true; at < pattern.length; first = false) {
    if (pattern.charAt(at) === ']' && !first) return at
    // A hyphen stands for itself at the beginning and at the end only.
    if (pattern.charAt(at) === '-' && !first && pattern.charAt(at + 1) !== ']') {
      return 'a hyphen stands for itself only first or last in brackets'
    }
    const element = bracketElement(pattern, at)
    if (element.kind === 'problem') return element.problem
    at = element.end
    const isRange = pattern.charAt(at) === '-' && pattern.charAt(at + 1) !== ']' && at + 1 < pattern.length
    if (element.kind !== 'character' || !isRange) continue
    const last = bracketElement(pattern, at + 1)
    if (last.kind === 'problem') return last.problem
    if (last.kind === 'class') return 'a range ends with a character class'
    if (last.code < element.code) return 'a range ends before it begins'
    at = last.end
  }
  return '"]" is missing'
}

function bracketElement(pattern: string, at: number): BracketElement {
  const kind = pattern.charAt(at) === '[' ? pattern.charAt(at + 1) : ''
  if (kind !== ':' && kind !== '.' && kind !== '=') {
    return { kind: 'character', code: pattern.charCodeAt(at), end: at + 1 }
  }
  const end = pattern.indexOf(`${kind}]`, at + 2)
  if (end === -1) return { kind: 'problem', problem: '"]" is missing' }
  const name = pattern.slice(at + 2, end)
  if (kind === ':') {
    if (classes.has(name)) return { kind: 'class', end: end + 2 }
    return { kind: 'problem', problem: `there is no character class "${name}"` }
  }
  if (name.length !== 1) return { kind: 'problem', problem: `"${name}" is no single character` }
  return kind === '='
    ? { kind: 'class', end: end + 2 }
    : { kind: 'character', code: name.charCodeAt(0), end: end + 2 }
}
