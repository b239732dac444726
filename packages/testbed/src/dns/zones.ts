import type { BedNetwork } from '../network/network.ts'

/** The servers' names in the DNS of the test bed. */
export const hostNames = {
  oldServer: 'mailhaus.example',
  newServer: 'mailcow.example',
  outside: 'mx.outside.example',
} as const

export interface ZoneFacts {
  readonly network: BedNetwork
  /** Seconds that a record of a hosted domain may be remembered. */
  readonly ttl: number
  /** Domains with their mail on the old server, and on the new one. */
  readonly onOld: readonly string[]
  readonly onNew: readonly string[]
}

/**
 * The zone files by zone. The root is ours, too: whatever nobody hosts here has its mail at the sink, so that a server
 * that is told to ask these name servers can resolve everything and never asks the world.
 */
export function zoneFiles({ network, ttl, onOld, onNew }: ZoneFacts): ReadonlyMap<string, string> {
  const { oldServer, newServer, outside, nameServers } = network
  const [primary, secondary] = nameServers
  const zone = (lines: readonly string[], seconds: number = ttl): string =>
    [
      `$TTL ${seconds}`,
      '@ SOA ns1.dns.example. hostmaster.dns.example. 2014010101 3600 600 604800 60',
      '@ NS ns1.dns.example.',
      '@ NS ns2.dns.example.',
      ...lines,
      '',
    ].join('\n')
  const hosted = (mx: string, address: string): string =>
    zone([
      `@ MX 10 ${mx}.`,
      '@ TXT "v=spf1 mx -all"',
      '@ TXT "some-verification=4711"',
      `@ A ${outside}`,
      `www A ${outside}`,
      `mail A ${address}`,
      `autoconfig CNAME mail`,
      `_imaps._tcp SRV 0 1 993 ${mx}.`,
      // what the old server has signed with for years
      `mail2014._domainkey TXT "v=DKIM1; k=rsa; p=${oldKey}"`,
    ])
  return new Map([
    ['.', zone([`* MX 10 ${hostNames.outside}.`, `* A ${outside}`])],
    ['dns.example', zone([`ns1 A ${primary}`, `ns2 A ${secondary}`])],
    ['outside.example', zone([`@ MX 10 ${hostNames.outside}.`, `mx A ${outside}`])],
    [hostNames.oldServer, zone([`@ A ${oldServer}`, '@ TXT "v=spf1 a -all"'])],
    [hostNames.newServer, zone([`@ A ${newServer}`, '@ TXT "v=spf1 a -all"'])],
    ...onOld.map((domain) => [domain, hosted(hostNames.oldServer, oldServer)] as const),
    ...onNew.map((domain) => [domain, hosted(hostNames.newServer, newServer)] as const),
  ])
}

const oldKey =
  'MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC3QEKyU1fSma0axspqYK5iAj+54lsAg4qRRCnpKK68hawSnnRPX0ZpNNCHQ5Xzj8tfWqRz' +
  'IAZ0uZlYhXz3vQ0c0Ue4y6YhV2t8Qmt2Ck1f6hXo9jR0bTz0b2a5Xo8tB5oV5wqjQF4Z1hP0q7oQIDAQAB'
