import type { HostedDomain } from '../inventory/hosted-domains.ts'

/** The files of a plain Postfix that hosts these domains, by name, as an admin has kept them for twelve years. */
export function oldMaps(domains: readonly HostedDomain[]): ReadonlyMap<string, string> {
  const local = new Map<string, string>()
  const lines = (pick: (domain: HostedDomain) => readonly string[]): string =>
    domains.map((domain) => [`# ${domain.domain}`, ...pick(domain), ''].join('\n')).join('\n')
  return new Map([
    ['vdomains', lines(({ domain }) => [`${domain}\tOK`])],
    [
      'vmailboxes',
      lines(({ mailboxes }) =>
        mailboxes.map(({ address, active }) => {
          const [user = '', domain = ''] = address.split('@')
          return `${active ? '' : '#'}${address}\t${domain}/${user}/`
        }),
      ),
    ],
    ['valiases', lines((domain) => aliasLines(domain, local))],
    [
      'aliasdomains',
      lines(({ domain, aliasDomains }) => aliasDomains.map((name) => `${name}\talias of ${domain}`)),
    ],
    ['relay_domains', '# secondary for these\n'],
    ['relay_recipients', '# and their recipients\n'],
    ['transport', '# where these go\n'],
    ['aliases', ['postmaster: root', 'root: /dev/null', ...local.values(), ''].join('\n')],
  ])
}

function aliasLines(
  { domain, mailboxes, aliases, aliasDomains }: HostedDomain,
  local: Map<string, string>,
): string[] {
  const line = (active: boolean, address: string, targets: readonly string[]): string =>
    `${active ? '' : '#'}${address}\t${targets.map((target) => deliverable(target, address, local)).join(', ')}`
  const catchAll = aliases.some(({ address, active }) => active && address === `@${domain}`)
  const own = new Set(aliases.map(({ address }) => address))
  return [
    ...aliases.map(({ active, address, targets }) => line(active, address, targets)),
    // A catch-all takes everything that has no row of its own, mailboxes too.
    ...(catchAll
      ? mailboxes
          .filter(({ address, active }) => active && !own.has(address))
          .map(({ address }) => line(true, address, [address]))
      : []),
    ...aliasDomains.map((name) => `@${name}\t@${domain}`),
  ]
}

/** Programs, files and lists can be reached from /etc/aliases only. */
function deliverable(target: string, address: string, local: Map<string, string>): string {
  if (!/^(?:\||\/|:include:)/.test(target)) return target
  const name = `virt-${address.replace('@', '-').replaceAll(/[^\w-]/g, '_')}-${local.size}`
  local.set(name, `${name}: ${target.startsWith('|') ? `"${target}"` : target}`)
  return `${name}@localhost`
}
