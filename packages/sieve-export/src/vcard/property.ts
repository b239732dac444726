/** One line of a card. Parameter names and the name are upper case; the value is as it stands in the file, unfolded. */
export interface Property {
  /** `item1` in `item1.EMAIL`: lines of one group belong together. */
  readonly group?: string
  readonly name: string
  readonly parameters: ReadonlyMap<string, readonly string[]>
  readonly value: string
}

/** The lines between `BEGIN:VCARD` and `END:VCARD`. */
export interface Card {
  readonly properties: readonly Property[]
}

export function property(
  name: string,
  value: string,
  parameters: Readonly<Record<string, readonly string[]>> = {},
): Property {
  return { name, value, parameters: new Map(Object.entries(parameters)) }
}

/** RFC 2426 §4: what a text value may hold only with a backslash. */
export function escapeText(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll(',', String.raw`\,`)
    .replaceAll(';', String.raw`\;`)
    .replaceAll(/\r\n|\n|\r/g, String.raw`\n`)
}

/** Takes the backslashes out. One that escapes nothing known stays: programs write paths as they are. */
export function unescapeText(value: string): string {
  return value.replaceAll(/\\([\\,;:nN])/g, (_, character: string) =>
    character === 'n' || character === 'N' ? '\n' : character,
  )
}

/** Cuts a value at each separator that has no backslash before it. The parts are still escaped. */
export function splitValue(value: string, separator: ';' | ','): string[] {
  const parts: string[] = []
  let start = 0
  for (let at = 0; at < value.length; at += 1) {
    if (value[at] === '\\') at += 1
    else if (value[at] === separator) {
      parts.push(value.slice(start, at))
      start = at + 1
    }
  }
  parts.push(value.slice(start))
  return parts
}

/** The first line of that name. */
export function first(card: Card, name: string): Property | undefined {
  return card.properties.find((line) => line.name === name)
}

export function all(card: Card, name: string): Property[] {
  return card.properties.filter((line) => line.name === name)
}

/** The TYPE values of a line, lower case. */
export function typesOf(line: Property): string[] {
  return (line.parameters.get('TYPE') ?? []).map((type) => type.toLowerCase())
}
