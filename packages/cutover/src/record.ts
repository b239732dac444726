/** The content of one record. Names are without their final dot; the strings of a TXT hold one octet per character. */
export type RecordData =
  | { readonly type: 'A'; readonly address: string }
  | { readonly type: 'AAAA'; readonly address: string }
  | { readonly type: 'CNAME'; readonly target: string }
  | { readonly type: 'MX'; readonly preference: number; readonly exchange: string }
  | {
      readonly type: 'SRV'
      readonly priority: number
      readonly weight: number
      readonly port: number
      readonly target: string
    }
  | { readonly type: 'TXT'; readonly strings: readonly string[] }
  | {
      readonly type: 'TLSA'
      readonly usage: number
      readonly selector: number
      readonly matchingType: number
      /** Hexadecimal, lower case. */
      readonly certificate: string
    }

export type RecordType = RecordData['type']

/** All records of one name and type (RFC 2181 §5): they share one TTL, in seconds, and have no order. */
export interface RecordSet {
  readonly name: string
  readonly type: RecordType
  readonly ttl: number
  readonly records: readonly RecordData[]
}

/** A TXT record of this text, cut into strings of at most 255 octets (RFC 1035 §3.3.14). */
export function txtRecord(text: string): RecordData {
  return { type: 'TXT', strings: text.match(/.{1,255}/gs) ?? [''] }
}

/** The strings of a TXT record as one text: what SPF (RFC 7208 §3.3) and DKIM read. */
export function textOf(data: RecordData): string {
  return data.type === 'TXT' ? data.strings.join('') : ''
}

/** The data of a record as a zone file has it (RFC 1035 §5.1). Equal records give equal texts. */
export function formatData(data: RecordData): string {
  switch (data.type) {
    case 'A':
    case 'AAAA':
      return data.address
    case 'CNAME':
      return `${data.target}.`
    case 'MX':
      // RFC 7505: a single dot says that there is no mail at all.
      return `${data.preference} ${data.exchange}.`
    case 'SRV':
      return `${data.priority} ${data.weight} ${data.port} ${data.target}.`
    case 'TXT':
      return data.strings.map((string) => quoted(string)).join(' ')
    case 'TLSA':
      break
  }
  return `${data.usage} ${data.selector} ${data.matchingType} ${data.certificate}`
}

/** One line of a zone file for each record, in a stable order. */
export function formatSet(set: RecordSet): readonly string[] {
  return set.records.map((data) => `${set.name}. ${set.ttl} IN ${set.type} ${formatData(data)}`).toSorted()
}

/** Whether two sets hold the same records; the TTL is not looked at, nor where a TXT is cut into strings. */
export function sameRecords(a: RecordSet | undefined, b: RecordSet | undefined): boolean {
  return fingerprint(a) === fingerprint(b)
}

function fingerprint(set: RecordSet | undefined): string {
  return (set?.records ?? []).map(identity).toSorted().join('\n')
}

function identity(data: RecordData): string {
  return data.type === 'TXT' ? quoted(data.strings.join('')) : formatData(data)
}

/** RFC 1035 §5.1: a quote and a backslash are escaped, what cannot be printed is `\DDD`. */
function quoted(string: string): string {
  const escaped = string
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll(/[^\u0020-\u007e]/g, (char) => `\\${(char.codePointAt(0) ?? 0).toString().padStart(3, '0')}`)
  return `"${escaped}"`
}
