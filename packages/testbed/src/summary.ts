import { demoPassword } from './demo/inventory.ts'
import type { Dovecot } from './dovecot/dovecot.ts'
import type { Endpoint } from './endpoint.ts'
import type { Testbed } from './testbed.ts'

/** What runs where, and how to try it, for people. */
export function summary(bed: Testbed, demo: boolean): string {
  const lines = [`The test bed is ready. It works in ${bed.dir} and runs until you press Ctrl-C.`, '']
  if (bed.parts.has('imap'))
    lines.push('The old server', ...dovecotLines(bed.old), ...accountLines(bed, demo), '')
  lines.push('The new server', ...dovecotLines(bed.new))
  if (bed.parts.has('mailcow')) {
    const { url, apiKey, readOnlyKey } = bed.new.mailcow
    lines.push(row('mailcow API', url), row('  key', apiKey), row('  read-only key', readOnlyKey))
  }
  if (bed.parts.has('smtp')) lines.push('', ...mailFlowLines(bed))
  else if (bed.parts.has('dns')) lines.push('', ...dnsLines(bed))
  lines.push('', 'Outgoing mail', row('SMTP', at(bed.sink)), '', ...tryLines(bed))
  return `${lines.join('\n')}\n`
}

function dovecotLines(dovecot: Dovecot): string[] {
  const { master, imap, imaps, pop3, sieve, lmtp } = dovecot
  return [
    row('IMAP', `${at(imap)}, with TLS ${at(imaps)}`),
    row('POP3', at(pop3)),
    row('ManageSieve', at(sieve)),
    row('LMTP', at(lmtp)),
    row('master user', `ADDRESS${master.separator}${master.user} with ${master.password}`),
  ]
}

function accountLines(bed: Testbed, demo: boolean): string[] {
  const addresses = bed.old.accounts.addresses()
  const shown = addresses.slice(0, 12).join(' ')
  const more = addresses.length > 12 ? ` and ${addresses.length - 12} more` : ''
  return addresses.length === 0
    ? []
    : [row('mailboxes', `${shown}${more}`), ...(demo ? [row('  password', demoPassword)] : [])]
}

function mailFlowLines(bed: Testbed): string[] {
  const { old, new: newSide, commands } = bed
  return [
    'Mail flow',
    row('old Postfix', `${at(old.postfix.smtp)}, files in ${old.postfix.configDirectory}`),
    row('new Postfix', `${at(newSide.postfix.smtp)}, maps from the mailcow API`),
    row('commands', `${commands}: postconf, postmap, postqueue, docker ...`),
    ...dnsLines(bed),
  ]
}

function dnsLines({ dns }: Testbed): string[] {
  return [
    row('name servers', dns.servers.map(at).join(' and ')),
    row('  zones', dns.zones.join(' ')),
    row('  TSIG key', `${dns.key.name} ${dns.key.secret} (${dns.key.algorithm})`),
  ]
}

function tryLines(bed: Testbed): string[] {
  if (bed.config === undefined) return []
  const variables = Object.entries(bed.env).map(([name, value]) => `${name}=${value}`)
  return [
    'To try it, in another terminal:',
    `  export ${variables.join(' ')}`,
    `  npm run -s mailmove -- --config ${bed.config} check`,
  ]
}

function at({ host, port }: Endpoint): string {
  return `${host}:${port}`
}

function row(name: string, value: string): string {
  return `  ${name.padEnd(17)}${value}`
}
