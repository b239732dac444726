import { BlockList, isIP } from 'node:net'

/** Whether an address lies in one of mailcow's networks (`192.0.2.0/24`, `2001:db8::1`); names among them are passed over. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  const plain = address.replace(/^::ffff:/, '')
  const family = familyOf(plain)
  if (family === undefined) return false
  const list = new BlockList()
  for (const network of networks) {
    const [net = '', prefix] = network.split('/', 2)
    const netFamily = familyOf(net)
    if (netFamily === undefined) continue
    const bits = prefix === undefined ? undefined : Number(prefix)
    if (bits === undefined) list.addAddress(net, netFamily)
    else if (Number.isInteger(bits) && bits >= 0 && bits <= (netFamily === 'ipv4' ? 32 : 128))
      list.addSubnet(net, bits, netFamily)
  }
  return list.check(plain, family)
}

export function isLoopback(address: string): boolean {
  return isInNetworks(address, ['127.0.0.0/8', '::1'])
}

/** Addresses that routers translate: what mailcow sees is another one. */
export function isPrivate(address: string): boolean {
  return isInNetworks(address, [
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '100.64.0.0/10',
    'fc00::/7',
    'fe80::/10',
  ])
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  if (version === 0) return undefined
  return version === 4 ? 'ipv4' : 'ipv6'
}
