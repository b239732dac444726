import { describe } from 'vitest'
import { runCases } from '../cases.ts'

const RULE = {
  id: 1,
  destination: 'dest.example',
  nexthop: 'host:25',
  username: 'u',
  hasPassword: true,
  active: true,
  mxBased: false,
}
const SETTINGS = {
  destination: 'dest.example',
  nexthop: 'host:25',
  username: 'u',
  password: 'p',
  active: true,
}

describe('transport rules', () => {
  runCases([
    {
      recording: '386-add-transport',
      call: (client) => client.transports.add(SETTINGS, { readBack: true }),
      others: { 'GET /get/transport/all': [{ recording: '389-get-transport-all' }] },
      result: RULE,
    },
    // Reported as added, and not there.
    {
      recording: '386-add-transport',
      call: (client) => client.transports.add(SETTINGS),
      others: { 'GET /get/transport/all': [{ json: {} }] },
      error: { code: 'not_as_intended', effect: 'unknown' },
    },
    {
      recording: '386-add-transport',
      call: (client) => client.transports.add({ ...SETTINGS, nexthop: '[old]:25' }, { readBack: true }),
      others: { 'GET /get/transport/all': [{ recording: '389-get-transport-all' }] },
      changed: ['nexthop'],
      error: { code: 'not_as_intended', message: /another nexthop/ },
    },
    {
      recording: '387-add-transport-again',
      call: (client) => client.transports.add(SETTINGS),
      error: { code: 'exists', says: ['transport_dest_exists'], effect: 'none' },
    },
    {
      recording: '388-add-transport-invalid',
      call: (client) => client.transports.add({ ...SETTINGS, destination: '' }),
      unsent: 'usage',
    },
    {
      recording: '388-add-transport-invalid',
      call: (client) => client.transports.add(SETTINGS),
      onlyAnswer: true,
      error: { code: 'rejected', says: ['invalid_nexthop_authenticated'] },
    },
    { recording: '389-get-transport-all', call: (client) => client.transports.list(), result: [RULE] },
    { recording: '390-get-transport-id', call: (client) => client.transports.get(1), result: RULE },
    { recording: '391-edit-transport', call: (client) => client.transports.edit(1, { active: false }) },
    {
      recording: '391-edit-transport',
      call: (client) => client.transports.edit(1, { active: false }, { readBack: true }),
      others: { 'GET /get/transport/1': [{ recording: '390-get-transport-id' }] },
      error: { code: 'not_as_intended', message: /another active/ },
    },
    { recording: '392-delete-transport', call: (client) => client.transports.delete(1) },
    {
      recording: '392-delete-transport',
      call: (client) => client.transports.delete(1, { readBack: true }),
      others: { 'GET /get/transport/1': [{ recording: '390-get-transport-id' }] },
      error: { code: 'not_as_intended', message: /another existence/ },
    },
  ])
})

describe('forwarding hosts', () => {
  const host = '192.0.2.10'
  runCases([
    {
      recording: '429-add-fwdhost',
      call: (client) => client.forwardingHosts.add({ host, filterSpam: false }, { readBack: true }),
      others: { 'GET /get/fwdhost/all': [{ recording: '432-get-fwdhost-all' }] },
    },
    {
      recording: '430-add-fwdhost-again',
      call: (client) => client.forwardingHosts.add({ host, filterSpam: false }),
    },
    {
      recording: '429-add-fwdhost',
      call: (client) => client.forwardingHosts.add({ host, filterSpam: true }, { readBack: true }),
      changed: ['filter_spam'],
      others: { 'GET /get/fwdhost/all': [{ recording: '432-get-fwdhost-all' }] },
      error: { code: 'not_as_intended', message: /filterSpam/ },
    },
    {
      recording: '431-add-fwdhost-invalid',
      call: (client) => client.forwardingHosts.add({ host: 'no such host', filterSpam: false }),
      error: { code: 'rejected', says: ['invalid_host'], message: /no such host is not a host/ },
    },
    {
      recording: '432-get-fwdhost-all',
      call: (client) => client.forwardingHosts.list(),
      result: [{ host, source: host, filterSpam: false }],
    },
    {
      recording: '433-edit-fwdhost',
      call: (client) => client.forwardingHosts.edit(host, { filterSpam: false }, { readBack: true }),
      others: { 'GET /get/fwdhost/all': [{ recording: '432-get-fwdhost-all' }] },
    },
    {
      recording: '434-delete-fwdhost',
      call: (client) => client.forwardingHosts.delete(host, { readBack: true }),
      others: { 'GET /get/fwdhost/all': [{ json: {} }] },
    },
  ])
})
