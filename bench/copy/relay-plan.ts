import type { Testbed } from '../../packages/testbed/src/index.ts'

/** The jobs of relay.c: folders spread over the lanes by size, a big one split by UIDs. */
export async function relayPlan(bed: Testbed, address: string, lanes: number): Promise<string> {
  const text = await bed.old.doveadm(
    '-f',
    'tab',
    'mailbox',
    'status',
    '-u',
    address,
    'messages uidnext vsize',
    'INBOX',
    'INBOX.*',
  )
  const folders = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [name = '', messages, uidNext, size] = line.split('\t')
      return { name, messages: Number(messages), uidNext: Number(uidNext), size: Number(size) }
    })
    .filter(({ messages }) => messages > 0)
  const share = folders.reduce((sum, { size }) => sum + size, 0) / lanes
  const jobs = folders.flatMap(({ name, uidNext, size }) => {
    const parts = Math.max(1, Math.ceil(size / share))
    return Array.from({ length: parts }, (_, part) => ({
      name,
      size: size / parts,
      range: `${1 + Math.floor(((uidNext - 1) * part) / parts)}:${Math.floor(((uidNext - 1) * (part + 1)) / parts)}`,
    }))
  })
  const load = Array.from({ length: lanes }, () => 0)
  return jobs
    .toSorted((a, b) => b.size - a.size)
    .map(({ name, size, range }) => {
      const lane = load.indexOf(Math.min(...load))
      load[lane] = (load[lane] ?? 0) + size
      return `${lane}\t${wireName(name)}\t${wireName(targetName(name))}\t${range}\n`
    })
    .join('')
}

function targetName(name: string): string {
  return name.replace(/^INBOX\./, '').replaceAll('.', '/')
}

/** RFC 3501 §5.1.3, enough for the corpora's names. */
function wireName(name: string): string {
  return name.replace(/[^\x20-\x7e]+/g, (text) => {
    const bytes = Buffer.from(text, 'utf16le').swap16()
    return `&${bytes.toString('base64').replaceAll('=', '').replaceAll('/', ',')}-`
  })
}
