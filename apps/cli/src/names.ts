import { domainToASCII } from 'node:url'

/** A domain as everything else spells it: lower case, IDNA in its ASCII form, without the dot of the root. */
export function domainArgument(text: string): string {
  const name = text.replace(/\.$/, '')
  return domainToASCII(name) || name.toLowerCase()
}

/** An address likewise; the local part is only lower-cased. */
export function addressArgument(text: string): string {
  const at = text.lastIndexOf('@')
  return at === -1
    ? text.toLowerCase()
    : `${text.slice(0, at).toLowerCase()}@${domainArgument(text.slice(at + 1))}`
}
