import { isIP } from 'node:net'
import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import { htmlEscape, intval, isEmpty, isset, looseEquals, splitList, text, toList } from '../php-values.ts'
import type { JsonRecord, JsonValue } from '../php-values.ts'
import type { Fail2banState } from '../state.ts'

const editFail2ban: WriteRoute = {
  log: ['fail2ban', 'edit'],
  items: 'network',
  run: (call) => {
    const networks = toList(call.data['network'])
    if (isset(call.data['action']) && networks.length > 0) {
      for (const network of networks) networkAction(call, text(network), text(call.data['action']))
    } else editOptions(call)
  },
}

function networkAction(call: WriteCall, network: string, action: string): void {
  const { fail2ban } = call.state
  if (action === 'whitelist' || action === 'blacklist') {
    if (network === '') return
    if (!isNetwork(network) || (action === 'blacklist' && /^0\.0\.0\.0(?:\/0)?$/.test(network))) {
      return call.danger(['network_host_invalid', network])
    }
    const other = action === 'whitelist' ? 'blacklist' : 'whitelist'
    fail2ban[action] = [...new Set([...fail2ban[action], network])]
    fail2ban[other] = fail2ban[other].filter((entry) => entry !== network)
  }
  if (action === 'whitelist' || action === 'unban') delete fail2ban.activeBans[network]
  call.success(['object_modified', htmlEscape(network)])
}

/** Absent fields stay, but ban_time_increment and manage_external, which fall back to off. */
function editOptions(call: WriteCall): void {
  const { data } = call
  const now = call.state.fail2ban
  const number = (name: string, current: number): number => (isset(data[name]) ? intval(data[name]) : current)
  now.ban_time = Math.max(60, number('ban_time', now.ban_time))
  now.max_ban_time = Math.max(60, number('max_ban_time', now.max_ban_time))
  now.ban_time_increment = isset(data['ban_time_increment']) && looseEquals(data['ban_time_increment'], '1')
  now.max_attempts = Math.max(1, number('max_attempts', now.max_attempts))
  now.retry_window = Math.max(1, number('retry_window', now.retry_window))
  now.netban_ipv4 = netmask(number('netban_ipv4', now.netban_ipv4), 32)
  now.netban_ipv6 = netmask(number('netban_ipv6', now.netban_ipv6), 128)
  now.manage_external = number('manage_external', 0) > 0 ? 1 : 0
  // Given: the whole list is replaced.
  if (isset(data['whitelist'])) now.whitelist = readList(call, data['whitelist'])
  if (isset(data['blacklist'])) now.blacklist = readList(call, data['blacklist'])
  call.success('f2b_modified')
}

/** Below 8 is made 8, except that the upper limit is applied to what was asked for. */
function netmask(wanted: number, largest: number): number {
  return wanted > largest ? largest : Math.max(8, wanted)
}

function readList(call: WriteCall, value: JsonValue): string[] {
  if (isEmpty(value)) return []
  const entries = splitList(text(value)).filter((entry) => entry !== '')
  const valid = entries.filter((entry) => {
    const usable = isNetwork(entry) || isHostname(entry)
    if (!usable) call.danger(['network_host_invalid', entry])
    return usable
  })
  return [...new Set(valid)]
}

function isNetwork(value: string): boolean {
  if (isIP(value) !== 0) return true
  const [address = '', mask = '', ...rest] = value.split('/')
  if (rest.length > 0 || !/^\d+$/.test(mask)) return false
  const family = isIP(address)
  return family !== 0 && Number(mask) <= (family === 4 ? 32 : 128)
}

function isHostname(value: string): boolean {
  return (
    value.length <= 253 &&
    value.split('.').every((label) => /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i.test(label))
  )
}

function view(state: Fail2banState, now: Date): JsonRecord {
  const { whitelist, blacklist, attempts: _attempts, activeBans, ...options } = state
  const bans = Object.entries(activeBans)
  return {
    ...options,
    whitelist: whitelist.toSorted().join('\n'),
    blacklist: blacklist.toSorted().join('\n'),
    ...(bans.length === 0
      ? {}
      : { active_bans: bans.map(([network, until]) => viewBan(network, until, now)) }),
  }
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0')
}

function viewBan(network: string, until: number, now: Date): JsonRecord {
  const seconds = Math.max(0, until - Math.floor(now.getTime() / 1000))
  return {
    queued_for_unban: 0,
    network,
    ip: network.split('/')[0] ?? network,
    banned_until: `${two(seconds / 3600)}h ${two((seconds / 60) % 60)}m ${two(seconds % 60)}s`,
  }
}

export const fail2ban: Resource = {
  get: { fail2ban: ({ state, context }) => view(state.fail2ban, context.now()) },
  edit: { fail2ban: editFail2ban },
}
