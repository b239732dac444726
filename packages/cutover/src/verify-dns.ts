import type { DnsPlan } from './plan-dns.ts'
import { CutoverError } from './errors.ts'
import type { Zone } from './find-zone.ts'
import { type RecordSet, sameRecords } from './record.ts'
import type { RecordName } from './read-records.ts'
import type { DnsServer } from './server.ts'
import type { ExchangeOptions } from './wire/exchange.ts'
import { query, recordSetIn } from './wire/query.ts'

/** What one server says of one set. */
export interface ServerVerdict extends RecordName {
  readonly server: DnsServer
  readonly kind: 'authoritative' | 'resolver'
  readonly verdict: 'agrees' | 'differs' | 'silent'
  readonly found?: RecordSet | undefined
  /** For a resolver that differs: seconds until it asks anew. */
  readonly secondsLeft?: number
  readonly failure?: CutoverError
}

/** Whether everybody sees the outcome of a plan. */
export interface DnsVerdict {
  /** Every authoritative server and every resolver agrees. */
  readonly agreed: boolean
  readonly servers: readonly ServerVerdict[]
}

/**
 * Asks every authoritative server and every resolver for the sets that a plan has changed or kept.
 * Never throws for a server that is silent or differs: that is the verdict.
 */
export async function verifyDns(
  plan: DnsPlan,
  zone: Zone,
  resolvers: readonly DnsServer[],
  options: ExchangeOptions = {},
): Promise<DnsVerdict> {
  const expected = expectedSets(plan)
  const ask = async (server: DnsServer, kind: ServerVerdict['kind']): Promise<readonly ServerVerdict[]> => {
    const verdicts: ServerVerdict[] = []
    for (const target of expected) verdicts.push(await verdictOf(server, kind, target, options))
    return verdicts
  }
  const servers = await Promise.all([
    ...zone.servers.map((server) => ask(server, 'authoritative')),
    ...resolvers.map((server) => ask(server, 'resolver')),
  ])
  options.signal?.throwIfAborted()
  const all = servers.flat()
  return { agreed: all.every(({ verdict }) => verdict === 'agrees'), servers: all }
}

interface Expected extends RecordName {
  readonly set: RecordSet | undefined
}

function expectedSets({ changes, kept }: DnsPlan): readonly Expected[] {
  return [
    ...changes.map(({ name, type, after }) => ({ name, type, set: after })),
    ...kept.map(({ set }) => ({ name: set.name, type: set.type, set })),
  ]
}

async function verdictOf(
  server: DnsServer,
  kind: ServerVerdict['kind'],
  { name, type, set }: Expected,
  options: ExchangeOptions,
): Promise<ServerVerdict> {
  const common = { name, type, server, kind }
  try {
    const reply = await query(server, { name, type, recursive: kind === 'resolver' }, options)
    const speaks = kind === 'resolver' || reply.authoritative
    if (!speaks || (reply.rcode !== 'NOERROR' && reply.rcode !== 'NXDOMAIN')) {
      const failure = new CutoverError(
        'refused',
        `It answers ${reply.rcode}${speaks ? '' : ', not for the zone itself'}.`,
      )
      return { ...common, verdict: 'silent', failure }
    }
    const found = recordSetIn(reply.answers, name, type)
    if (sameRecords(found, set)) return { ...common, verdict: 'agrees', found }
    const left = kind === 'resolver' && found !== undefined ? { secondsLeft: found.ttl } : {}
    return { ...common, verdict: 'differs', found, ...left }
  } catch (error) {
    if (!(error instanceof CutoverError)) throw error
    return { ...common, verdict: 'silent', failure: error }
  }
}
