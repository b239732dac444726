/** A part of a string: text, or what a variable holds when the script runs. */
export type StringPart =
  | { readonly kind: 'text'; readonly text: string }
  /** `name` as written, e.g. `folder`, `1`, `env.user`; lower case. */
  | { readonly kind: 'variable'; readonly name: string; readonly written: string }

/** RFC 5229 §3: `${name}`, `${1}`, `${namespace.name}`; anything else is text. */
const reference = /\$\{(\d+|[a-z_]\w{0,63}(?:\.(?:[a-z_]\w{0,63}|\d+)){0,9})\}/gi

/** Cuts a string of a script that has the variables extension. */
export function substitutions(value: string): readonly StringPart[] {
  const parts: StringPart[] = []
  let at = 0
  for (const match of value.matchAll(reference)) {
    const [written, name = ''] = match
    if (match.index > at) parts.push({ kind: 'text', text: value.slice(at, match.index) })
    parts.push({ kind: 'variable', name: name.toLowerCase(), written })
    at = match.index + written.length
  }
  if (at < value.length || parts.length === 0) parts.push({ kind: 'text', text: value.slice(at) })
  return parts
}

export function hasSubstitution(value: string): boolean {
  return substitutions(value).some((part) => part.kind === 'variable')
}

export interface VariableName {
  readonly namespace?: string
  readonly name: string
  /** A match variable such as `1`. */
  readonly numeric: boolean
}

/** The name of a variable as commands such as `set` take it; undefined when it cannot be one. */
export function variableName(text: string): VariableName | undefined {
  const match = /^(?:(\d+)|([a-z_]\w{0,63})((?:\.(?:[a-z_]\w{0,63}|\d+)){0,9}))$/i.exec(text)
  if (match === null) return undefined
  const [, digits, first = '', rest = ''] = match
  if (digits !== undefined) return { name: digits, numeric: true }
  if (rest === '') return { name: first.toLowerCase(), numeric: false }
  return { namespace: first.toLowerCase(), name: rest.slice(1).toLowerCase(), numeric: false }
}
