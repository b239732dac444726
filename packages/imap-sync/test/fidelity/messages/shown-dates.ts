/** An INTERNALDATE as only other servers than Dovecot show it, and the instant that the copy has. */
export interface ShownDate {
  readonly name: string
  readonly source: string
  readonly shown: string
  /** ISO; `now`: the time of the copy. */
  readonly becomes: string
  /** The report says that it could not be kept. */
  readonly named: boolean
}

export const shownDates: readonly ShownDate[] = [
  {
    name: 'the day before 1900',
    source: 'https://github.com/imapsync/imapsync/issues/271',
    shown: '30-Dec-1899 00:00:00 +0530',
    becomes: '1970-01-01T00:00:00Z',
    named: true,
  },
  {
    name: 'the last second before the epoch',
    source: 'RFC 3501 §2.3.3',
    shown: '31-Dec-1969 23:59:59 +0000',
    becomes: '1970-01-01T00:00:00Z',
    named: true,
  },
  {
    name: 'before the epoch only by its zone',
    source: 'RFC 3501 §9 (zone)',
    shown: '31-Dec-1969 20:00:00 -0500',
    becomes: '1970-01-01T01:00:00Z',
    named: false,
  },
  {
    name: 'a day of one digit without its blank',
    source: 'https://github.com/mjl-/mox/issues/279',
    shown: '3-Feb-2025 18:28:47 +0000',
    becomes: '2025-02-03T18:28:47Z',
    named: false,
  },
  {
    name: 'a zone that is none',
    source: 'https://github.com/marlam/msmtp/issues/141',
    shown: '01-Jan-2024 00:50:48 -9900',
    becomes: '2024-01-05T03:50:48Z',
    named: false,
  },
  {
    name: 'the year 9999',
    source: 'RFC 3501 §9 (date-year)',
    shown: '31-Dec-9999 23:59:59 +0000',
    becomes: 'now',
    named: true,
  },
  {
    name: 'no date at all',
    source: 'RFC 3501 §9 (date-time)',
    shown: '00-Jan-0000 00:00:00 +0000',
    becomes: '1970-01-01T00:00:00Z',
    named: true,
  },
]
