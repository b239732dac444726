import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import { findAliasDomain, findMailbox, hasDomainAccess } from '../lookup.ts'
import { htmlEscape, idnToAscii, intval, isDomainName, isEmail, same, text, toList } from '../php-values.ts'
import type { FooterRow } from '../state.ts'

const LONGEST_AGE = 31_536_000

/** MTA-STS: a success says nothing, which prints as "Task completed". */
const addMtaSts: WriteRoute = {
  log: ['mailbox', 'add', 'mta_sts'],
  logTail: true,
  run: (call) => {
    const { data, state } = call
    const domain = idnToAscii(text(data['domain']).trim())
    const mode = text(data['mode']).toLowerCase()
    const maxAge = intval(data['max_age'])
    const mx = text(data['mx']).replaceAll(/\s+/g, '').split(',')
    const refused = mx.find((name) => !isDomainName(name.replace(/^\*\./, '')))
    if (!hasDomainAccess(state, domain)) return call.danger('access_denied')
    if (text(data['version']).toLowerCase() !== 'stsv1')
      return call.danger(['version_invalid', htmlEscape(domain)])
    if (!['enforce', 'testing', 'none'].includes(mode))
      return call.danger(['mode_invalid', htmlEscape(domain)])
    if (maxAge <= 0 || maxAge > LONGEST_AGE) return call.danger(['max_age_invalid', htmlEscape(domain)])
    if (refused !== undefined) return call.danger(['mx_invalid', htmlEscape(refused)])
    if (state.mtaSts.some((row) => row.domain === domain)) {
      return call.danger(`SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry '${domain}'`)
    }
    state.mtaSts.push({ domain, mode, mx, maxAge, active: intval(data['active']) === 1 ? 1 : 0 })
  },
}

const editFooter: WriteRoute = {
  log: ['mailbox', 'edit', 'domain_wide_footer'],
  logTail: true,
  items: 'domains',
  run: (call) => {
    const footer = readFooter(call)
    for (const item of toList(call.data['domains'])) {
      const domain = idnToAscii(text(item).trim())
      if (!isDomainName(domain)) return call.danger('domain_invalid')
      if (!hasDomainAccess(call.state, domain)) return call.danger('access_denied')
      call.state.footers = call.state.footers.filter((row) => row.domain !== domain)
      call.state.footers.push({ ...footer, domain })
      call.success(['domain_footer_modified', htmlEscape(domain)])
    }
  },
}

function readFooter(call: WriteCall): Omit<FooterRow, 'domain'> {
  const { data, state } = call
  const footer: Omit<FooterRow, 'domain'> = {
    html: text(data['html']),
    plain: text(data['plain']),
    skipReplies: intval(data['skip_replies']),
    mailboxExclude: [],
    aliasDomainExclude: [],
  }
  for (const entry of toList(data['exclude']).map(text)) {
    const isAddress = isEmail(entry) && state.aliases.some((row) => same(row.address, entry))
    if (isAddress || findMailbox(state, entry) !== undefined) footer.mailboxExclude.push(entry)
    else if (isDomainName(entry) && findAliasDomain(state, entry) !== undefined) {
      footer.aliasDomainExclude.push(entry)
    } else call.danger(['username_invalid', entry])
  }
  return footer
}

export const domainExtras: Resource = { add: { 'mta-sts': addMtaSts }, edit: { 'domain/footer': editFooter } }
