/** A folder of the old server with an awkward name, and where it must be after the copy. */
export interface FolderCase {
  readonly name: string
  /** The RFC section, or the public report, that it comes from. */
  readonly source: string
  /** Its name on the old server, without prefix and in plain Unicode. Or, where that cannot be said, `wire`. */
  readonly old?: string
  /** As on the wire. */
  readonly wire?: string
  /** Its name on the target, in plain Unicode; a pattern where it ends with a hash. */
  readonly target: string | RegExp
  /** Default true. */
  readonly subscribed?: boolean
  /** False: there is no such folder, it only has children. */
  readonly exists?: false
  /** The old server has it on disk, but would not have created it. */
  readonly onDisk?: true
}

/** Names in a language that are one of the five roles. */
export function roleCases(source: string, target: string, names: readonly string[]): readonly FolderCase[] {
  return names.map((old) => ({ name: `${old} is ${target}`, source, old, target }))
}

/** Modified UTF-7 (RFC 3501 §5.1.3), written again so that the tables do not rest on what they test. */
export function toWire(name: string): string {
  return name.replaceAll(/&|[^ -~]+/g, (run) => {
    if (run === '&') return '&-'
    const bytes = Buffer.alloc(run.length * 2)
    for (let at = 0; at < run.length; at += 1) bytes.writeUInt16BE(run.charCodeAt(at), at * 2)
    return `&${bytes.toString('base64').replace(/=+$/, '').replaceAll('/', ',')}-`
  })
}
