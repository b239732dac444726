import { isIP } from 'node:net'
import { CutoverError } from './errors.ts'

/** Where a DNS server listens. `host` is an address, or a name that the system resolves. */
export interface DnsServer {
  readonly host: string
  readonly port: number
  /** The name by which the zone knows it (its NS record). */
  readonly name?: string
}

/** `ns1.example.at (192.0.2.1)`, with the port where it is not 53. */
export function formatServer({ host, port, name }: DnsServer): string {
  const address = port === 53 ? host : `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
  return name === undefined ? address : `${name} (${address})`
}

/**
 * Reads `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353` or a host name, as `dns.getServers()` and people write them.
 * @throws {CutoverError} `server`
 */
export function parseServer(text: string): DnsServer {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<bare>[^:]+))(?::(?<port>\d{1,5}))?$/.exec(text)
  const host = isIP(text) === 6 ? text : (match?.groups?.['v6'] ?? match?.groups?.['bare'])
  const port = isIP(text) === 6 ? 53 : Number(match?.groups?.['port'] ?? 53)
  if (host === undefined || port < 1 || port > 65_535)
    throw new CutoverError('server', `"${text}" is not the address of a DNS server.`)
  return { host, port }
}
