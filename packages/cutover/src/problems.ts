import type { ZoneRecords } from './read-records.ts'
import { formatServer } from './server.ts'

/**
 * - `server-silent` an authoritative server did not answer · `servers-differ` they do not agree
 * - `spf-twice` two policies, which is an error for every receiver (RFC 7208 §4.5) · `spf-lookups` more than ten look-ups
 * - `dkim-taken` the selector has another key · `cname-in-the-way` a CNAME stands where a record is to go (RFC 1034 §3.6.2)
 * - `outside-zone` the domain is not in the zone
 */
export type DnsProblemCode =
  | 'server-silent'
  | 'servers-differ'
  | 'spf-twice'
  | 'spf-lookups'
  | 'dkim-taken'
  | 'cname-in-the-way'
  | 'outside-zone'

/** Something that a person has to look at. */
export interface DnsProblem {
  readonly code: DnsProblemCode
  readonly message: string
  /** Mail would be refused or lost if one went on regardless. */
  readonly blocking: boolean
}

export function zoneProblems({ servers, differing }: ZoneRecords): readonly DnsProblem[] {
  const silent = servers.flatMap(({ server, failure }): DnsProblem[] =>
    failure === undefined
      ? []
      : [
          {
            code: 'server-silent',
            message: `The name server ${formatServer(server)} could not be read: ${failure.message}`,
            blocking: false,
          },
        ],
  )
  const unequal = differing.map(({ name, type }): DnsProblem => ({
    code: 'servers-differ',
    message: `The name servers do not agree on ${name} ${type}.`,
    blocking: false,
  }))
  return [...silent, ...unequal]
}
