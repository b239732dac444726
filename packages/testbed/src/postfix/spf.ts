import type { Resolver } from 'node:dns/promises'
import { BlockList } from 'node:net'

export type SpfResult = 'pass' | 'fail' | 'softfail' | 'neutral' | 'none'

const results: Readonly<Record<string, SpfResult>> = {
  '+': 'pass',
  '-': 'fail',
  '~': 'softfail',
  '?': 'neutral',
}

/** SPF (RFC 7208) as far as the test bed's zones use it: `ip4`, `a`, `mx` and `all`; several records count as none. */
export async function spfResult(resolver: Resolver, domain: string, client: string): Promise<SpfResult> {
  const texts = (await resolver.resolveTxt(domain).catch(() => [])).map((strings) => strings.join(''))
  const records = texts.filter((text) => /^v=spf1(?: |$)/i.test(text))
  const [record] = records
  if (record === undefined || records.length > 1) return 'none'
  for (const term of record.split(/\s+/).slice(1)) {
    const [, sign = '', name = '', value = ''] = /^([-+~?]?)(\w+)(?:[:/](.*))?$/.exec(term) ?? []
    if (await matches(resolver, name.toLowerCase(), value === '' ? domain : value, client))
      return results[sign === '' ? '+' : sign] ?? 'neutral'
  }
  return 'neutral'
}

async function matches(resolver: Resolver, name: string, value: string, client: string): Promise<boolean> {
  const addresses = (host: string): Promise<string[]> => resolver.resolve4(host).catch(() => [])
  switch (name) {
    case 'all':
      return true
    case 'ip4': {
      const [address = '', bits = '32'] = value.split('/')
      const list = new BlockList()
      list.addSubnet(address, Number(bits))
      return list.check(client)
    }
    case 'a':
      return (await addresses(value)).includes(client)
    case 'mx': {
      const exchanges = await resolver.resolveMx(value).catch(() => [])
      const found = await Promise.all(exchanges.map(({ exchange }) => addresses(exchange)))
      return found.flat().includes(client)
    }
    default:
      return false
  }
}
