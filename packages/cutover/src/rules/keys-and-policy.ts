import type { DnsProblem } from '../problems.ts'
import { findSet, type ZoneRecords } from '../read-records.ts'
import { textOf, txtRecord } from '../record.ts'
import { type Rule, want } from './rule.ts'

/** The new server's key, under a selector of its own; never over another key. */
export const dkimRule: Rule = (setup, records) => {
  const { dkim, domain } = setup
  if (dkim === undefined) return { sets: [] }
  const name = `${dkim.selector}._domainkey.${domain}`
  const obstacle = cname(records, name)
  if (obstacle !== undefined) return { sets: [], problems: [obstacle] }
  const present = findSet(records.sets, name, 'TXT')?.records ?? []
  const same =
    present.length === 1 && present.every((data) => publicKey(textOf(data)) === publicKey(dkim.record))
  if (present.length > 0 && !same) {
    const message = `${name} holds another key. Let mailcow sign with another selector, so that the old server's mail stays valid.`
    return { sets: [], problems: [{ code: 'dkim-taken', message, blocking: true }] }
  }
  const wanted = same ? present : [txtRecord(dkim.record)]
  const reason = 'Receivers check the signatures of the new server with it (DKIM, RFC 6376).'
  return { sets: [want(setup, records, { name, type: 'TXT' }, wanted, reason)] }
}

/** A policy that asks for nothing, where there is none; an existing one is the owner's. */
export const dmarcRule: Rule = (setup, records) => {
  const name = `_dmarc.${setup.domain}`
  if (findSet(records.sets, name, 'CNAME') !== undefined) return { sets: [] }
  const present = findSet(records.sets, name, 'TXT')?.records ?? []
  const has = present.some((data) => /^v=DMARC1\b/i.test(textOf(data)))
  const wanted = has ? present : [...present, txtRecord('v=DMARC1; p=none')]
  const reason = 'Large receivers want a DMARC record; p=none asks nobody to refuse anything (RFC 7489).'
  return { sets: [want(setup, records, { name, type: 'TXT' }, wanted, reason)] }
}

/** Signatures are checked when mail arrives; a month after the last one nobody asks for the old key. */
export const oldKeyRule: Rule = (setup, records) => {
  const { oldDkimSelector, dkim, domain } = setup
  if (oldDkimSelector === undefined || oldDkimSelector === dkim?.selector) return { sets: [] }
  const target = { name: `${oldDkimSelector}._domainkey.${domain}`, type: 'TXT' } as const
  return {
    sets: [want(setup, records, target, [], 'The old server no longer signs (DKIM, RFC 6376 §3.6.1).')],
  }
}

/** Two records with the same `p=` are the same key, however they are written. */
function publicKey(record: string): string {
  return /(?:^|;)\s*p=([^;]*)/i.exec(record)?.[1]?.replaceAll(/\s/g, '') ?? record
}

function cname({ sets }: ZoneRecords, name: string): DnsProblem | undefined {
  if (findSet(sets, name, 'CNAME') === undefined) return undefined
  return {
    code: 'cname-in-the-way',
    message: `${name} is an alias (CNAME) for another name; remove it first, or publish the key where it leads.`,
    blocking: true,
  }
}
