import { lookup } from 'node:dns/promises'
import type { Resource, WriteRoute } from '../calls.ts'
import { htmlEscape, intval, looseEquals, text, toList, type JsonRecord } from '../php-values.ts'
import type { ForwardingHostRow } from '../state.ts'

const addForwardingHost: WriteRoute = {
  log: ['fwdhost', 'add'],
  run: async (call) => {
    const source = text(call.data['hostname'])
    const hosts = await addressesOf(source.trim())
    if (hosts.length === 0) return call.danger(['invalid_host', htmlEscape(source.trim())])
    // Without filter_spam the spam filter is off for that address.
    const keepSpam = intval(call.data['filter_spam']) !== 1
    for (const host of hosts) {
      const row = call.state.forwardingHosts.find((other) => other.host === host)
      if (row === undefined) call.state.forwardingHosts.push({ host, source, keepSpam })
      else Object.assign(row, { source, keepSpam })
    }
    call.success(['forwarding_host_added', htmlEscape(hosts.join(', '))])
  },
}

/** Addresses and networks as they are; a name is looked up (mailcow reads its SPF and MX records). */
async function addressesOf(host: string): Promise<string[]> {
  if (/^[0-9a-fA-F:/]+$/.test(host) || /^[0-9./]+$/.test(host)) return [host]
  if (host === '' || /\s/.test(host)) return []
  try {
    return [...new Set((await lookup(host, { all: true })).map((found) => found.address))]
  } catch {
    return []
  }
}

const editForwardingHost: WriteRoute = {
  log: ['fwdhost', 'edit'],
  items: 'fwdhost',
  run: (call) => {
    for (const item of toList(call.data['fwdhost'])) {
      const host = text(item)
      const row = call.state.forwardingHosts.find((other) => other.host === host)
      if (row === undefined) {
        call.danger('access_denied')
        continue
      }
      // Absent means off: the "yes" that is there is compared with 1.
      row.keepSpam = looseEquals(call.data['keep_spam'], '1')
      call.success(['object_modified', htmlEscape(host)])
    }
  },
}

const deleteForwardingHost: WriteRoute = {
  log: ['fwdhost', 'delete'],
  items: 'forwardinghost',
  run: (call) => {
    for (const item of toList(call.data['forwardinghost'])) {
      const host = text(item)
      call.state.forwardingHosts = call.state.forwardingHosts.filter((row) => row.host !== host)
      call.success(['forwarding_host_removed', htmlEscape(host)])
    }
  },
}

function view({ host, source, keepSpam }: ForwardingHostRow): JsonRecord {
  return { host, source, keep_spam: keepSpam ? 'yes' : 'no' }
}

export const forwardingHosts: Resource = {
  get: {
    'fwdhost/all': ({ state }) => state.forwardingHosts.map(view),
    fwdhost: ({ state, object }) => {
      const row = state.forwardingHosts.find((other) => other.host === object)
      return row === undefined ? null : view(row)
    },
  },
  add: { fwdhost: addForwardingHost },
  edit: { fwdhost: editForwardingHost },
  delete: { fwdhost: deleteForwardingHost },
}
