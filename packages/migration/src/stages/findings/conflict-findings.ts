import type { Finding, Severity } from '../finding.ts'
import { capitalized } from '../sentence.ts'
import type { Conflict } from '../planning/context.ts'

const RULES: Readonly<Record<Conflict['kind'], { readonly severity: Severity; readonly remedy: string }>> = {
  'domain-exists': {
    severity: 'red',
    remedy:
      'Find out who made it. Accept if it may be taken over: it then becomes a relay domain to the old server, and is never deleted by us.',
  },
  'domain-is-alias-domain': {
    severity: 'red',
    remedy: 'Remove the alias domain on mailcow: as long as it is there, the domain cannot be created.',
  },
  'alias-domain-exists': {
    severity: 'red',
    remedy:
      'Remove it on mailcow: it is made at cut-over, and until then mail to its aliases and to addresses that only the old server has would be refused.',
  },
  'mailbox-exists': {
    severity: 'red',
    remedy:
      'Find out who made it. Accept if the mail shall go into it: it keeps its password and name, and gets no initial password.',
  },
  'mailbox-left-over': {
    severity: 'yellow',
    remedy: 'If it is not wanted any more, remove it on mailcow; nothing is deleted by itself.',
  },
  'mailbox-gone': {
    severity: 'red',
    remedy:
      'Find out who removed it. If it was on purpose, set skip: true for it in the configuration; it is never made anew by itself.',
  },
  'address-is-alias': {
    severity: 'red',
    remedy: 'Remove the alias on mailcow, or leave the mailbox out (skip: true).',
  },
  'address-is-mailbox': {
    severity: 'red',
    remedy: 'Remove the mailbox on mailcow, or accept that the mailbox gets the mail instead of the alias.',
  },
  'alias-exists': {
    severity: 'red',
    remedy:
      'Remove it on mailcow, or accept: it is then brought in line with the old server (inactive until cut-over).',
  },
  'dkim-exists': {
    severity: 'red',
    remedy:
      'If its record stands in the DNS, remove dkim from the configuration. Accept to replace it by the key of the configuration.',
  },
  'prefilter-exists': {
    severity: 'red',
    remedy:
      'Merge the forward into it by hand or remove it on mailcow. Accept to leave it: the forward is then not made, because a second active one would switch it off.',
  },
  'transport-exists': {
    severity: 'red',
    remedy:
      'Remove it on mailcow, or accept that it is taken over: it then leads to the old server until cut-over.',
  },
  'forwarding-host-unfiltered': {
    severity: 'yellow',
    remedy: 'Switch the spam filter on for this forwarding host on mailcow, unless somebody wanted it so.',
  },
}

/** What is in the way on mailcow. Pure. */
export function conflictFindings(domain: string, conflicts: readonly Conflict[]): readonly Finding[] {
  return conflicts.map(({ kind, item, detail }) => ({
    code: kind,
    severity: RULES[kind].severity,
    domain,
    ...(item === domain ? {} : { item }),
    message: `${capitalized(detail)}.`,
    remedy: RULES[kind].remedy,
  }))
}
