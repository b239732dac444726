import { CutoverError } from './errors.ts'
import { normalizeName } from './name.ts'
import { type DnsServer, formatServer } from './server.ts'
import type { ExchangeOptions } from './wire/exchange.ts'
import { query } from './wire/query.ts'

/** A zone and who answers for it. */
export interface Zone {
  readonly name: string
  /** Every address of every name server, in the order of the names. */
  readonly servers: readonly DnsServer[]
  /** Name servers that have no address, or whose address could not be asked for. */
  readonly unresolved: readonly string[]
}

export interface FindZoneOptions extends ExchangeOptions {
  /** Port of the authoritative servers: 53 but in a test bed. */
  readonly port?: number
}

/** More name servers than any zone has; a hostile answer must not send us to thousands of addresses. */
const MOST_SERVERS = 26

/**
 * Finds the zone that a domain lies in, and the addresses of all its authoritative servers, by asking resolvers.
 * @throws {CutoverError} `zone` when none is known; `unreachable`, `timeout` when no resolver answers
 */
export async function findZone(
  domain: string,
  resolvers: readonly DnsServer[],
  options: FindZoneOptions = {},
): Promise<Zone> {
  const wanted = normalizeName(domain)
  const name = await apexOf(wanted, resolvers, options)
  const reply = await askAny(resolvers, { name, type: 'NS' }, options)
  const names = reply.answers
    .flatMap((answer) => (answer.type === 'NS' && answer.name.toLowerCase() === name ? [answer.data] : []))
    .map((target) => target.toLowerCase())
    .toSorted()
    .slice(0, MOST_SERVERS)
  if (names.length === 0) throw new CutoverError('zone', `No name server is known for ${name}.`)
  const found = await Promise.all(names.map((server) => addressesOf(server, resolvers, options)))
  const port = options.port ?? 53
  return {
    name,
    servers: names.flatMap((server, index) =>
      (found[index] ?? []).map((host) => ({ host, port, name: server })),
    ),
    unresolved: names.filter((_, index) => (found[index] ?? []).length === 0),
  }
}

/** The SOA comes with the answer or, below the apex, with the "nothing here" (RFC 2308 §2). */
async function apexOf(
  domain: string,
  resolvers: readonly DnsServer[],
  options: ExchangeOptions,
): Promise<string> {
  const { answers, authorities } = await askAny(resolvers, { name: domain, type: 'SOA' }, options)
  const soa = [...answers, ...authorities].find((answer) => answer.type === 'SOA')
  const apex = soa?.name.toLowerCase()
  if (apex === undefined || !(domain === apex || domain.endsWith(`.${apex}`)) || !apex.includes('.'))
    throw new CutoverError('zone', `No zone is known for ${domain}: is it registered and delegated?`)
  return apex
}

async function addressesOf(
  name: string,
  resolvers: readonly DnsServer[],
  options: ExchangeOptions,
): Promise<readonly string[]> {
  const types = ['A', 'AAAA'] as const
  const replies = await Promise.allSettled(types.map((type) => askAny(resolvers, { name, type }, options)))
  options.signal?.throwIfAborted()
  return replies.flatMap((reply) =>
    reply.status === 'rejected'
      ? []
      : reply.value.answers.flatMap((answer) =>
          answer.type === 'A' || answer.type === 'AAAA' ? [answer.data] : [],
        ),
  )
}

/** The first resolver that answers sensibly. */
async function askAny(
  resolvers: readonly DnsServer[],
  question: { readonly name: string; readonly type: 'SOA' | 'NS' | 'A' | 'AAAA' },
  options: ExchangeOptions,
): ReturnType<typeof query> {
  let failure: unknown = new CutoverError('server', 'No resolver is configured.')
  for (const resolver of resolvers) {
    try {
      const reply = await query(resolver, { ...question, recursive: true }, options)
      if (reply.rcode === 'NOERROR' || reply.rcode === 'NXDOMAIN') return reply
      failure = new CutoverError(
        'answer',
        `${formatServer(resolver)} answered ${reply.rcode} for ${question.name}.`,
      )
    } catch (error) {
      options.signal?.throwIfAborted()
      failure = error
    }
  }
  throw failure
}
