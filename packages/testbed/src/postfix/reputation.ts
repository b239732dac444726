import type { Resolver } from 'node:dns/promises'
import { BlockList } from 'node:net'
import { createInterface } from 'node:readline'
import { findAliasDomain, findDomain } from '../mailcow/lookup.ts'
import type { MailcowState } from '../mailcow/state.ts'
import { listenLocally } from './lookup-server.ts'
import type { LocalServer } from './lookup-server.ts'
import { spfResult } from './spf.ts'

/**
 * What rspamd on mailcow does to a migration, and nothing else of it, as a Postfix policy service: unauthenticated mail
 * that names a hosted domain as its sender must pass SPF, whatever the domain's flags say (SPOOFED_UNAUTH); mail that
 * fails both SPF and a DMARC policy of reject is refused. A forwarding host is exempt from both.
 */
export async function startReputation(
  socket: string,
  state: MailcowState,
  resolver: Resolver,
): Promise<LocalServer> {
  return listenLocally(socket, (client) => {
    let request = new Map<string, string>()
    const lines = createInterface({ input: client })
    lines.on('error', () => {})
    lines.on('line', (line) => {
      if (line !== '') {
        const equals = line.indexOf('=')
        if (request.size < 100) request.set(line.slice(0, equals), line.slice(equals + 1))
        return
      }
      const asked = request
      request = new Map()
      verdict(asked, state, resolver).then(
        (action) => client.write(`action=${action}\n\n`),
        (error: unknown) => client.write(`action=451 4.3.0 ${String(error).slice(0, 200)}\n\n`),
      )
    })
  })
}

async function verdict(
  request: ReadonlyMap<string, string>,
  state: MailcowState,
  resolver: Resolver,
): Promise<string> {
  const client = request.get('client_address') ?? ''
  const domain = request.get('sender')?.split('@')[1]?.toLowerCase() ?? ''
  if (domain === '' || (request.get('sasl_username') ?? '') !== '' || isForwardingHost(state, client))
    return 'DUNNO'
  const hosted = findDomain(state, domain) !== undefined || findAliasDomain(state, domain) !== undefined
  const spf = await spfResult(resolver, domain, client)
  if (hosted && spf !== 'pass') return '550 5.7.1 Spam message rejected (SPOOFED_UNAUTH)'
  if (spf !== 'fail') return 'DUNNO'
  const dmarc = await resolver.resolveTxt(`_dmarc.${domain}`).catch(() => [])
  return dmarc.some((strings) => /;\s*p=reject/.test(strings.join('')))
    ? '550 5.7.1 Spam message rejected (R_SPF_FAIL, DMARC_POLICY_REJECT)'
    : 'DUNNO'
}

function isForwardingHost(state: MailcowState, client: string): boolean {
  const list = new BlockList()
  for (const { host } of state.forwardingHosts) {
    const [address = '', bits] = host.split('/')
    const family = address.includes(':') ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list.check(client, client.includes(':') ? 'ipv6' : 'ipv4')
}
