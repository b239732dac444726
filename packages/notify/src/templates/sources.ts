import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { TemplateError } from '../errors.ts'

/** A template's text and where it came from. */
export interface Source {
  /** As people know it, for messages. */
  readonly file: string
  readonly text: string
}

const maxBytes = 256 * 1024
const maxFiles = 500

/**
 * All `.md` and `.html` files of a folder, by their path in it with `/`. Files and folders that begin with a dot, and
 * README files, are left out.
 */
export async function readSources(
  directory: string,
  shownAs: (relative: string) => string,
  signal?: AbortSignal,
): Promise<Map<string, Source>> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new TemplateError([{ file: directory, line: 1, column: 1, message: whyUnreadable(cause) }], {
      cause,
    })
  })
  const sources = new Map<string, Source>()
  for (const entry of names.toSorted((a, b) => a.name.localeCompare(b.name))) {
    signal?.throwIfAborted()
    const full = path.join(entry.parentPath, entry.name)
    const relative = path.relative(directory, full).split(path.sep).join('/')
    if (
      entry.isDirectory() ||
      !/\.(?:md|html)$/u.test(entry.name) ||
      /(?:^|\/)(?:\.|README\.)/iu.test(relative)
    )
      continue
    const file = shownAs(relative)
    const refuse = (message: string): never => {
      throw new TemplateError([{ file, line: 1, column: 1, message }])
    }
    if (sources.size >= maxFiles) refuse(`there are more than ${maxFiles} templates`)
    const { size } = await stat(full).catch((cause: unknown) => refuse(whyUnreadable(cause)))
    if (size > maxBytes) refuse(`the file is larger than ${maxBytes} bytes`)
    const bytes = await readFile(full, signal === undefined ? {} : { signal }).catch((cause: unknown) => {
      signal?.throwIfAborted()
      return refuse(whyUnreadable(cause))
    })
    let text = ''
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    } catch {
      refuse('the file is not UTF-8')
    }
    sources.set(relative, { file, text: text.replaceAll('\r\n', '\n') })
  }
  return sources
}

function whyUnreadable(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'this is not there'
  return `this cannot be read (${typeof code === 'string' ? code : 'unknown reason'})`
}
