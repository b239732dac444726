/** The parts of `notify.from`: `"ITEG" <admin@iteg.example>` or a bare address. Pure. */
export function senderOf(from: string): { readonly address: string; readonly name?: string } {
  const [, display = '', inBrackets] = /^(.*?)<([^<>]+)>\s*$/u.exec(from) ?? []
  const address = (inBrackets ?? from).trim()
  const name = display
    .trim()
    .replace(/^"(.*)"$/u, '$1')
    .replaceAll(/\\(["\\])/gu, '$1')
    .trim()
  return name === '' ? { address } : { address, name }
}
