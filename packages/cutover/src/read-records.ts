import { CutoverError } from './errors.ts'
import { isWithin } from './name.ts'
import { type RecordSet, type RecordType, sameRecords } from './record.ts'
import { type DnsServer, formatServer } from './server.ts'
import type { Zone } from './find-zone.ts'
import type { ExchangeOptions } from './wire/exchange.ts'
import { query, recordSetIn } from './wire/query.ts'

/** One set to read. */
export interface RecordName {
  readonly name: string
  readonly type: RecordType
}

/** What one server has of what was asked for. */
export interface ServerRecords {
  readonly server: DnsServer
  readonly sets: readonly RecordSet[]
  /** Why it said nothing; then `sets` is empty. */
  readonly failure?: CutoverError
}

/** What all authoritative servers of a zone have. */
export interface ZoneRecords {
  readonly zone: string
  /** The zone has a DNSKEY. */
  readonly signed: boolean
  /** What the servers that answered agree on or, where they differ, what the first of them has. */
  readonly sets: readonly RecordSet[]
  readonly servers: readonly ServerRecords[]
  /** Sets that differ between servers: an update is under way, or one of them no longer follows. */
  readonly differing: readonly RecordName[]
}

/**
 * Reads sets of records from every authoritative server of a zone.
 * Servers that fail are in the result; only when none answers it throws.
 * @throws {CutoverError} what the first server failed with
 */
export async function readRecords(
  zone: Zone,
  names: readonly RecordName[],
  options: ExchangeOptions = {},
): Promise<ZoneRecords> {
  const within = names.filter(({ name }) => isWithin(name, zone.name))
  const servers = await Promise.all(zone.servers.map((server) => readServer(server, zone, within, options)))
  options.signal?.throwIfAborted()
  const answering = servers.filter(({ failure }) => failure === undefined)
  const [first] = answering
  if (first === undefined)
    throw servers[0]?.failure ?? new CutoverError('zone', `No name server of ${zone.name} has an address.`)
  const differing = within.filter(({ name, type }) =>
    answering.some(({ sets }) => !sameRecords(findSet(sets, name, type), findSet(first.sets, name, type))),
  )
  const { answers } = await query(first.server, { name: zone.name, type: 'DNSKEY' }, options)
  const signed = answers.some((answer) => answer.type === 'DNSKEY')
  return { zone: zone.name, signed, sets: first.sets, servers, differing }
}

export function findSet(sets: readonly RecordSet[], name: string, type: RecordType): RecordSet | undefined {
  return sets.find((set) => set.name === name && set.type === type)
}

async function readServer(
  server: DnsServer,
  zone: Zone,
  names: readonly RecordName[],
  options: ExchangeOptions,
): Promise<ServerRecords> {
  try {
    const sets: RecordSet[] = []
    // One after the other: a server that limits its connections is no failure of the zone's.
    for (const { name, type } of names) {
      const set = await readSet(server, { name, type }, options)
      if (set !== undefined) sets.push(set)
    }
    return { server, sets }
  } catch (error) {
    if (!(error instanceof CutoverError)) throw error
    return { server, sets: [], failure: error }
  }
}

async function readSet(
  server: DnsServer,
  { name, type }: RecordName,
  options: ExchangeOptions,
): Promise<RecordSet | undefined> {
  const { rcode, authoritative, answers } = await query(server, { name, type }, options)
  if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN')
    throw new CutoverError('refused', `${formatServer(server)} answers ${rcode} for ${name} ${type}.`)
  if (!authoritative)
    throw new CutoverError('zone', `${formatServer(server)} does not answer for the zone of ${name}.`)
  return recordSetIn(answers, name, type)
}
