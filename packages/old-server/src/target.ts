import { foldCase, parseAddress, parseDomain, shorten, splitAddress } from './address.ts'
import type { Parsed } from './parsed.ts'

/** Where an alias leads. */
export type Target =
  /** An address in a domain that the inventory hosts: a mailbox, another alias, or nothing at all. */
  | { readonly kind: 'mailbox'; readonly address: string }
  /** An address elsewhere. */
  | { readonly kind: 'external'; readonly address: string }
  /** `@example.net`: the same local part in another domain. */
  | { readonly kind: 'domain'; readonly domain: string }
  /** A name without a domain: the old server appended its own (`myorigin`). */
  | { readonly kind: 'unqualified'; readonly name: string }
  /** `|command`: mail is fed to a program. */
  | { readonly kind: 'pipe'; readonly command: string }
  /** `/path`: mail is appended to a file. */
  | { readonly kind: 'file'; readonly path: string }
  /** `:include:/path`: further targets stand in a file. */
  | { readonly kind: 'include'; readonly path: string }
  /** `/dev/null`: mail is thrown away. */
  | { readonly kind: 'discard' }
  /** PostfixAdmin's vacation: `anna#example.at@autoreply.example.at`. The text stands elsewhere. */
  | { readonly kind: 'autoreply'; readonly address: string }

/** Commands and paths are free text; longer ones are a mistake or an attack. */
const maxTextLength = 1000

/**
 * Reads one target in the notation of aliases(5): an address, `@domain`, `name`, `|command`, `/path`, `:include:/path`,
 * `/dev/null`; in double quotes where it holds blanks. An address is `external` until `classifyTarget` has seen which domains
 * are hosted.
 */
export function parseTarget(text: string): Parsed<Target> {
  const trimmed = text.trim()
  if (trimmed.length > maxTextLength) return { problem: `a target of more than ${maxTextLength} characters` }
  const plain = unquote(trimmed)
  if (/\p{Cc}/u.test(plain))
    return { problem: `'${shorten(plain)}' is no target: it holds control characters` }
  if (plain === '') return { problem: 'a target is missing' }
  if (plain === '/dev/null') return { value: { kind: 'discard' } }
  if (plain.startsWith('|')) {
    const command = plain.slice(1).trim()
    return command === ''
      ? { problem: 'a command is missing after the |' }
      : { value: { kind: 'pipe', command } }
  }
  if (plain.startsWith('/')) return { value: { kind: 'file', path: plain } }
  if (plain.startsWith(':include:')) {
    const path = plain.slice(':include:'.length).trim()
    return path === ''
      ? { problem: 'a path is missing after :include:' }
      : { value: { kind: 'include', path } }
  }
  if (plain.startsWith('@')) {
    const domain = parseDomain(plain.slice(1))
    return 'problem' in domain ? domain : { value: { kind: 'domain', domain: domain.value } }
  }
  if (!trimmed.includes('@')) return parseName(trimmed)
  const address = parseAddress(trimmed)
  if ('problem' in address) return address
  const { localPart, domain } = splitAddress(address.value)
  const autoreply = localPart.includes('#') && domain.startsWith('autoreply.')
  return { value: { kind: autoreply ? 'autoreply' : 'external', address: address.value } }
}

function parseName(text: string): Parsed<Target> {
  if (/^[^\s"<>(),;:[\]]+$/u.test(text)) return { value: { kind: 'unqualified', name: foldCase(text) } }
  return { problem: `'${shorten(text)}' is no target` }
}

/** Only the quotes of aliases(5) are taken away: a quoted local part (`"a b"@example.at`) keeps its own. */
function unquote(text: string): string {
  const quoted = /^"((?:\||\/|:include:)(?:[^"\\]|\\.)*)"$/su.exec(text)
  return quoted?.[1] === undefined ? text : quoted[1].replace(/\\(.)/gsu, '$1')
}

/** The notation that `parseTarget` reads. */
export function printTarget(target: Target): string {
  switch (target.kind) {
    case 'mailbox':
    case 'external':
    case 'autoreply':
      return target.address
    case 'domain':
      return `@${target.domain}`
    case 'unqualified':
      return target.name
    case 'pipe':
      return quote(`|${target.command}`)
    case 'file':
      return quote(target.path)
    case 'include':
      return quote(`:include:${target.path}`)
    case 'discard':
      break
  }
  return '/dev/null'
}

function quote(text: string): string {
  return /[\s",\\]/u.test(text) ? `"${text.replace(/["\\]/gu, '\\$&')}"` : text
}

/** Separates `anna@example.at, "a b"@example.at "|cmd arg"` at blanks and commas outside quotes. */
export function splitTargets(text: string): string[] {
  return text.match(/(?:"(?:[^"\\]|\\.)*"?|[^\s,"])+/gsu) ?? []
}

/** Says of an address whether it is in a hosted domain; other targets stay as they are. */
export function classifyTarget(target: Target, isHosted: (domain: string) => boolean): Target {
  if (target.kind !== 'mailbox' && target.kind !== 'external') return target
  const kind = isHosted(splitAddress(target.address).domain) ? 'mailbox' : 'external'
  return kind === target.kind ? target : { kind, address: target.address }
}
