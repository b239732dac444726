import { z } from 'zod'

/** One script of a mailbox as the export knows it, over all of its runs. Files are names below `sieve/`. */
const script = z.object({
  name: z.string(),
  /** Of the old server, when it was last seen there. */
  active: z.boolean(),
  /** False: active on the old server without being listed there. */
  listed: z.boolean(),
  bytes: z.number(),
  sha256: z.string(),
  original: z.string(),
  /** For the new server; absent when there is none that it would take. */
  rewritten: z.string().exactOptional(),
  /** A rewritten one that the new server does not take. */
  refused: z.string().exactOptional(),
  /** ISO 8601: the first run that no longer found it on the old server. The files stay. */
  removedAt: z.string().exactOptional(),
})

const manifest = z.object({
  schema: z.literal('mailmove.export-sieve/1'),
  mailbox: z.string(),
  scripts: z.array(script),
})

export type ManifestScript = z.infer<typeof script>
export type Manifest = z.infer<typeof manifest>

export const MANIFEST_FILE = 'manifest.json'
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024

/** The manifest of an earlier run; `undefined` when there is none, or something else in its place. Pure. */
export function parseManifest(bytes: Uint8Array | undefined, mailbox: string): Manifest | undefined {
  if (bytes === undefined) return undefined
  try {
    const parsed = manifest.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8')))
    return parsed.success && parsed.data.mailbox === mailbox ? parsed.data : undefined
  } catch {
    return undefined
  }
}

export function printManifest(content: Manifest): string {
  return `${JSON.stringify(content, undefined, 2)}\n`
}

/** The scripts that an earlier run knew and this one did not find: they stay, marked unless they only could not be read. Pure. */
export function withRemoved(
  found: readonly ManifestScript[],
  unread: readonly string[],
  earlier: Manifest | undefined,
  now: Date,
): readonly ManifestScript[] {
  const names = new Set(found.map(({ name }) => name))
  const rest = (earlier?.scripts ?? [])
    .filter(({ name }) => !names.has(name))
    .map((known) =>
      unread.includes(known.name)
        ? known
        : { ...known, active: false, removedAt: known.removedAt ?? now.toISOString() },
    )
  return [...found, ...rest].toSorted((one, other) => (one.name < other.name ? -1 : 1))
}
