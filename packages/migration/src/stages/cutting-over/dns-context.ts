import { getServers } from 'node:dns'
import {
  CutoverError,
  type DnsServer,
  findZone,
  type MailSetup,
  parseServer,
  readRecords,
  recordNames,
  type Zone,
  type ZoneRecords,
} from '@iteg/cutover'
import type { Config } from '../../config/index.ts'
import { domainSettings } from '../ascii-names.ts'
import { asking } from '../mailcow-facts.ts'
import { ServerError } from '../errors.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { outgoingAddresses } from '../outgoing-addresses.ts'
import { asSentence } from '../sentence.ts'

/** A zone that the cut-over is concerned with: the domain's, or an alias domain's. */
export interface ZoneView {
  readonly setup: MailSetup
  readonly zone: Zone
  readonly records: ZoneRecords
}

/** Who is asked for names: as configured, else as the system is set up. */
export function resolversOf({ dns }: Config): readonly DnsServer[] {
  if (dns.resolvers !== undefined) return dns.resolvers.map(parseServer)
  return getServers().map(parseServer)
}

/** Reads the zones of a domain and of its alias domains from every authoritative server. Rejects with `ServerError` (`dns`). */
export async function readZones(
  migration: Migration,
  domain: string,
  aliasDomains: readonly string[],
  options: StageOptions,
): Promise<readonly ZoneView[]> {
  const { config } = migration
  const client = await migration.mailcow()
  const oldAddresses = await outgoingAddresses(config.old)
  const oldSelector = domainSettings(config, domain).dkim?.selector
  const views: ZoneView[] = []
  for (const name of [domain, ...aliasDomains]) {
    const key = await asking(options, (call) => client.dkim.get(name, call))
    const setup: MailSetup = {
      domain: name,
      mx: config.new.mx,
      mailHost: new URL(config.new.mailcow.url).hostname,
      dkim: key === undefined ? undefined : { selector: key.selector, record: key.record },
      oldAddresses,
      oldDkimSelector: oldSelector,
    }
    views.push(await askingDns(options, async () => readZone(setup, config, options)))
  }
  return views
}

async function readZone(setup: MailSetup, config: Config, { signal }: StageOptions): Promise<ZoneView> {
  const port = config.dns.authoritativePort
  const zone = await findZone(setup.domain, resolversOf(config), { signal, port })
  return { setup, zone, records: await readRecords(zone, recordNames(setup), { signal }) }
}

/** The errors of the DNS as those of a stage. */
export async function askingDns<Value>(options: StageOptions, ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask()
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof CutoverError)) throw error
    throw new ServerError('dns', asSentence(`DNS: ${error.message}`), { cause: error })
  }
}
