import type { RecordName } from './read-records.ts'
import { CutoverError } from './errors.ts'
import { normalizeName } from './name.ts'

/** One mail server of a domain (RFC 5321 §5). */
export interface MailExchanger {
  readonly host: string
  readonly priority: number
}

/** A public key that a server signs with. */
export interface DkimKey {
  readonly selector: string
  /** The whole text of the record: `v=DKIM1;k=rsa;p=…` (RFC 6376 §3.6.1). */
  readonly record: string
}

/** What the DNS of one mail domain (or alias domain) shall say. */
export interface MailSetup {
  readonly domain: string
  /** The new server's, all of them. */
  readonly mx: readonly MailExchanger[]
  /** The host with IMAP, SMTP and the web on it; autoconfig, autodiscover and SRV point to it. */
  readonly mailHost: string
  readonly dkim?: DkimKey | undefined
  /** Addresses of the old server, which goes on sending until it is switched off. */
  readonly oldAddresses: readonly string[]
  /** Selector that the old server signs with; its record stays until `retire`. */
  readonly oldDkimSelector?: string | undefined
  /** Seconds during the move (default 300) and afterwards (default 3,600). */
  readonly ttl?: { readonly moving?: number; readonly settled?: number }
  /** TLSA records of the new MX hosts that lie in this zone; published only where the zone is signed (RFC 7672 §2.2). */
  readonly tlsa?: readonly TlsaWanted[]
}

export interface TlsaWanted {
  /** `_25._tcp.mail.example.at` */
  readonly name: string
  readonly usage: number
  readonly selector: number
  readonly matchingType: number
  readonly certificate: string
}

/** A setup whose names are checked and written as this package writes names. */
export interface CheckedSetup {
  readonly domain: string
  readonly mx: readonly MailExchanger[]
  readonly mailHost: string
  readonly dkim: DkimKey | undefined
  readonly oldAddresses: readonly string[]
  readonly oldDkimSelector: string | undefined
  readonly ttl: { readonly moving: number; readonly settled: number }
  readonly tlsa: readonly TlsaWanted[]
}

/** Services of RFC 6186, RFC 8314 and RFC 6764 that mailcow offers, by the port that it listens on. */
export const SERVICES: readonly { readonly service: string; readonly port: number; readonly what: string }[] =
  [
    { service: '_autodiscover._tcp', port: 443, what: 'Outlook finds its settings' },
    { service: '_imaps._tcp', port: 993, what: 'mail programs find IMAP' },
    { service: '_pop3s._tcp', port: 995, what: 'mail programs find POP3' },
    { service: '_submissions._tcp', port: 465, what: 'mail programs find where to send' },
    { service: '_sieve._tcp', port: 4190, what: 'filter editors find ManageSieve' },
    { service: '_carddavs._tcp', port: 443, what: 'address books are found' },
    { service: '_caldavs._tcp', port: 443, what: 'calendars are found' },
  ]

/** Published only where the domain had them: nobody is to be led to a port without TLS from the start. */
export const LEGACY_SERVICES: readonly { readonly service: string; readonly port: number }[] = [
  { service: '_imap._tcp', port: 143 },
  { service: '_pop3._tcp', port: 110 },
  { service: '_submission._tcp', port: 587 },
]

export const WEB_NAMES = ['autoconfig', 'autodiscover'] as const

/** @throws {CutoverError} `name` */
export function checkSetup(setup: MailSetup): CheckedSetup {
  const { dkim, oldDkimSelector, ttl = {}, tlsa = [] } = setup
  if (setup.mx.length === 0)
    throw new CutoverError('name', `No mail server (MX) is given for ${setup.domain}.`)
  return {
    domain: normalizeName(setup.domain),
    mx: setup.mx.map(({ host, priority }) => ({ host: normalizeName(host), priority })),
    mailHost: normalizeName(setup.mailHost),
    dkim: dkim === undefined ? undefined : { ...dkim, selector: normalizeName(dkim.selector) },
    oldAddresses: setup.oldAddresses,
    oldDkimSelector: oldDkimSelector === undefined ? undefined : normalizeName(oldDkimSelector),
    ttl: { moving: ttl.moving ?? 300, settled: ttl.settled ?? 3600 },
    tlsa: tlsa.map((record) => ({ ...record, name: normalizeName(record.name) })),
  }
}

/** Everything that has to be read before anything can be planned for this domain. */
export function recordNames(setup: MailSetup): readonly RecordName[] {
  const { domain, dkim, oldDkimSelector, tlsa } = checkSetup(setup)
  const selectors = new Set([dkim?.selector, oldDkimSelector].filter((name) => name !== undefined))
  const web = WEB_NAMES.map((name) => `${name}.${domain}`)
  const services = [...SERVICES, ...LEGACY_SERVICES].map(({ service }) => `${service}.${domain}`)
  const texts = [...selectors]
    .map((selector) => `${selector}._domainkey.${domain}`)
    .concat(`_dmarc.${domain}`)
  return [
    { name: domain, type: 'MX' },
    { name: domain, type: 'TXT' },
    ...texts.flatMap((name): RecordName[] => [
      { name, type: 'TXT' },
      { name, type: 'CNAME' },
    ]),
    ...web.flatMap((name): RecordName[] => [
      { name, type: 'CNAME' },
      { name, type: 'A' },
      { name, type: 'AAAA' },
    ]),
    ...services.map((name): RecordName => ({ name, type: 'SRV' })),
    ...tlsa.map(({ name }): RecordName => ({ name, type: 'TLSA' })),
  ]
}
