import { type MarkedToken, Marked, type Token } from 'marked'

// GFM for its tables. Bare addresses in a text are no links: what is to be a link is written as one.
const marked = new Marked({ gfm: true, breaks: false })
marked.use({ tokenizer: { url: () => undefined } })

const cached = new Map<string, readonly MarkedToken[]>()
const cacheSize = 64
const longestCached = 64 * 1024

/**
 * The tree of a Markdown text. The same source is parsed once: notices of a kind differ in their values, and values are
 * place holders here.
 */
export function lexMarkdown(source: string): readonly MarkedToken[] {
  const known = cached.get(source)
  if (known !== undefined) return known
  const tokens = onlyOwn(marked.lexer(source))
  if (source.length <= longestCached) {
    const [oldest] = cached.keys()
    if (cached.size >= cacheSize && oldest !== undefined) cached.delete(oldest)
    cached.set(source, tokens)
  }
  return tokens
}

/** There are no extensions, so every token is one of marked's own. */
export function onlyOwn(tokens: readonly Token[] | undefined): readonly MarkedToken[] {
  return (tokens ?? []).filter((token): token is MarkedToken => 'type' in token)
}

const entities: Readonly<Record<string, string>> = {
  '&nbsp;': '\u00A0',
  '&shy;': '\u00AD',
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}

/** Markdown allows entities; these are the ones that are written in mail. */
export function decodeEntities(text: string): string {
  return text.replaceAll(/&(?:nbsp|shy|amp|lt|gt|quot|#39);/gu, (entity) => entities[entity] ?? entity)
}
