import { LEGACY_SERVICES, SERVICES, WEB_NAMES } from '../mail-setup.ts'
import { findSet } from '../read-records.ts'
import type { RecordData } from '../record.ts'
import { type Rule, type Wanted, want } from './rule.ts'

/** The set is replaced whole: an old MX that stays would get mail again some day. */
export const mxRule: Rule = (setup, records) => {
  const exchangers = setup.mx.map(({ host, priority }): RecordData => ({
    type: 'MX',
    preference: priority,
    exchange: host,
  }))
  const target = { name: setup.domain, type: 'MX' } as const
  return { sets: [want(setup, records, target, exchangers, 'Mail for the domain goes to the new server.')] }
}

/** mailcow answers mail programs under these names; an address of the old server must go, as nothing may stand beside a CNAME (RFC 1034 §3.6.2). */
export const webNameRule: Rule = (setup, records) => ({
  sets: WEB_NAMES.flatMap((label): Wanted[] => {
    const name = `${label}.${setup.domain}`
    // The new server's own host name may be one of these, in its own domain.
    if (name === setup.mailHost) return []
    const reason = 'Mail programs find their settings on the new server.'
    const obsolete = (['A', 'AAAA'] as const).flatMap((type) => {
      const before = findSet(records.sets, name, type)
      return before === undefined ? [] : [{ name, type, before, after: undefined, reason }]
    })
    const alias = want(
      setup,
      records,
      { name, type: 'CNAME' },
      [{ type: 'CNAME', target: setup.mailHost }],
      reason,
    )
    return [...obsolete, alias]
  }),
})

export const serviceRule: Rule = (setup, records) => {
  const srv = (service: string, port: number, reason: string): Wanted => {
    const data: RecordData = { type: 'SRV', priority: 0, weight: 1, port, target: setup.mailHost }
    return want(setup, records, { name: `${service}.${setup.domain}`, type: 'SRV' }, [data], reason)
  }
  const legacy = LEGACY_SERVICES.filter(
    ({ service }) => findSet(records.sets, `${service}.${setup.domain}`, 'SRV') !== undefined,
  )
  return {
    sets: [
      ...SERVICES.map(({ service, port, what }) =>
        srv(service, port, `So that ${what} (RFC 6186, RFC 6764, RFC 8314).`),
      ),
      ...legacy.map(({ service, port }) => srv(service, port, 'It led to the old server (RFC 6186).')),
    ],
  }
}

export const tlsaRule: Rule = (setup, records) => ({
  // Without DNSSEC a TLSA record means nothing (RFC 6698 §4).
  sets: records.signed
    ? setup.tlsa.map(({ name, ...data }) =>
        want(
          setup,
          records,
          { name, type: 'TLSA' },
          [{ type: 'TLSA', ...data }],
          'Senders that check DANE see the certificate of the new server (RFC 7672).',
        ),
      )
    : [],
})
