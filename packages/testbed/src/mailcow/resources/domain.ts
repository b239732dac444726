import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import { domainNames, findDomain, hasDomainAccess } from '../lookup.ts'
import { htmlEscape, idnToAscii, isDomainName, same, text, toList } from '../php-values.ts'
import { addDomain } from './domain-add.ts'
import { editDomain } from './domain-edit.ts'
import { domainDetails } from './domain-view.ts'
import { dropRateLimit } from './rate-limit.ts'
import { searchNames } from './search.ts'
import { isTagged } from './tags.ts'

const deleteDomain: WriteRoute = {
  log: ['mailbox', 'delete', 'domain'],
  logTail: true,
  items: 'domain',
  run: (call) => {
    for (const item of toList(call.data['domain'])) removeDomain(call, text(item))
  },
}

function removeDomain(call: WriteCall, name: string): void {
  if (!isDomainName(name)) return call.danger('domain_invalid')
  const domain = idnToAscii(name.trim())
  const { state } = call
  if (state.mailboxes.some((row) => same(row.domain, domain))) {
    return call.danger(['domain_not_empty', domain])
  }
  // An unknown domain is "removed" just the same; the DKIM key stays.
  state.domains = state.domains.filter((row) => !same(row.domain, domain))
  state.aliases = state.aliases.filter((row) => !same(row.domain, domain))
  state.aliasDomains = state.aliasDomains.filter((row) => !same(row.targetDomain, domain))
  state.senderAcl = state.senderAcl.filter((row) => !row.loggedInAs.endsWith(`@${domain}`))
  for (const admin of state.domainAdmins) admin.domains = admin.domains.filter((own) => !same(own, domain))
  state.domainAdmins = state.domainAdmins.filter((admin) => admin.domains.length > 0)
  state.timeLimitedAliases = state.timeLimitedAliases.filter((row) => !row.address.endsWith(`@${domain}`))
  state.policies = state.policies.filter((row) => !same(row.object, domain))
  state.mtaSts = state.mtaSts.filter((row) => !same(row.domain, domain))
  dropRateLimit(state, domain)
  call.success(['domain_removed', htmlEscape(domain)])
}

const deleteDomainTag: WriteRoute = {
  log: ['mailbox', 'delete', 'tags_domain'],
  logTail: true,
  items: 'tags',
  extra: 'domain',
  run: (call) => {
    const domain = text(call.data['domain'])
    const tags = toList(call.data['tags'])
    if (!isDomainName(domain)) call.danger('domain_invalid')
    else if (!hasDomainAccess(call.state, domain)) call.danger('access_denied')
    else if (tags.length > 0) {
      const row = findDomain(call.state, domain)
      if (row !== undefined) row.tags = row.tags.filter((tag) => !tags.includes(tag))
      call.success(['domain_modified', domain])
    }
  },
}

export const domains: Resource = {
  get: {
    domain: async ({ context, object = '' }) => (await domainDetails(context, object)) ?? null,
    'domain/all': async ({ context, state, tags }) => {
      const names = domainNames(state).filter(
        (name) => tags === undefined || isTagged(findDomain(state, name), tags),
      )
      const found = await Promise.all(names.map((name) => domainDetails(context, name)))
      return found.filter((details) => details !== undefined)
    },
  },
  add: { domain: addDomain },
  edit: { domain: editDomain },
  delete: { domain: deleteDomain, 'domain/tag': deleteDomainTag },
  search: {
    domain: async (context, query) => {
      const found = searchNames(query, domainNames(context.state), (name) => findDomain(context.state, name))
      const details = await Promise.all(found.page.map((name) => domainDetails(context, name)))
      return { ...found.answer, data: details.filter((entry) => entry !== undefined) }
    },
  },
}
