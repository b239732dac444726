import { startRewritingServer } from './scripted-server.ts'

/** What a server can be made to lack. Without UIDPLUS it does not tell what UIDs it gave, either. */
export type Missing = 'MULTIAPPEND' | 'UIDPLUS' | 'LITERAL+' | 'LITERAL+ but LITERAL-'

/** A real server in front of which somebody takes away what it can. */
export async function startLesserServer(
  upstream: { readonly host: string; readonly port: number },
  missing: readonly Missing[],
): Promise<AsyncDisposable & { readonly host: string; readonly port: number }> {
  const gone: readonly string[] = missing
  const server = await startRewritingServer(
    upstream,
    / (?:MULTIAPPEND|UIDPLUS|LITERAL\+)(?=[\] \r])|\[(?:APPENDUID|COPYUID) [^\]]*\] /g,
    (found) => {
      if (found === ' LITERAL+' && gone.includes('LITERAL+ but LITERAL-')) return ' LITERAL-'
      const name = found.startsWith('[') ? 'UIDPLUS' : found.trim()
      return gone.includes(name) ? '' : found
    },
  )
  return { host: '127.0.0.1', port: server.port, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

/** Every combination that the copier treats differently. */
export const missingSets: readonly (readonly Missing[])[] = [
  [],
  ['MULTIAPPEND'],
  ['UIDPLUS'],
  ['LITERAL+'],
  ['LITERAL+ but LITERAL-'],
  ['MULTIAPPEND', 'UIDPLUS'],
  ['MULTIAPPEND', 'LITERAL+'],
  ['MULTIAPPEND', 'LITERAL+ but LITERAL-'],
  ['MULTIAPPEND', 'UIDPLUS', 'LITERAL+'],
]
