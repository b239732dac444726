import type { Finding } from '../finding.ts'
import {
  ITEG_RULE,
  type PasswordPolicy,
  type PasswordProblem,
  satisfiesPolicy,
} from '../../secrets/policy.ts'

const PROBLEMS: Readonly<Record<PasswordProblem, string>> = {
  'too-short': 'it is too short',
  'no-letter': 'it has no letter',
  'no-special-character': 'it has no special character',
  'no-lower-case': 'it has no lower case letter',
  'no-upper-case': 'it has no upper case letter',
  'no-number': 'it has no digit',
  'looks-like-a-hash': 'it begins like a hash, and mailcow would store it as one',
}

export interface PasswordFacts {
  readonly domain: string
  readonly policy: PasswordPolicy
  /** `passwords.minLength` of the configuration: what users are told. */
  readonly minLength: number
  /** Opened only for this; never part of a finding. */
  readonly sharedPassword: string | undefined
}

export function passwordFindings(facts: PasswordFacts): readonly Finding[] {
  const { domain, policy, minLength, sharedPassword } = facts
  const found: Finding[] = []
  if (sharedPassword !== undefined) {
    const rule = { ...ITEG_RULE, minLength: Math.max(ITEG_RULE.minLength, minLength) }
    const own = satisfiesPolicy(sharedPassword, rule).problems
    const theirs = satisfiesPolicy(sharedPassword, policy).problems
    const problems = [...new Set([...own, ...theirs])]
    if (problems.length > 0)
      found.push({
        code: 'shared-password-refused',
        // What only our own rule minds may be accepted; what mailcow refuses would fail at every mailbox.
        severity: 'red',
        domain,
        message: `The shared password does not fit: ${problems.map((problem) => PROBLEMS[problem]).join(', ')}${theirs.length > 0 ? ' (mailcow refuses it)' : ''}.`,
        remedy:
          'Set another sharedPassword in the configuration, or leave it out: then each mailbox gets its own.',
      })
  }
  const looser = [
    ...(policy.minLength < minLength ? [`${policy.minLength} characters instead of ${minLength}`] : []),
    ...(policy.lowerAndUpper ? [] : ['no upper and lower case letters']),
    ...(policy.numbers ? [] : ['no digits']),
  ]
  if (looser.length > 0)
    found.push({
      code: 'password-policy',
      severity: 'yellow',
      domain,
      message: `mailcow lets users choose weaker passwords than the rule they are told: it asks for ${looser.join(', ')}.`,
      remedy:
        "Set mailcow's password policy (System, Configuration, Options) before the first hand-over mail.",
    })
  if (policy.specialCharacters || policy.minLength > minLength)
    found.push({
      code: 'password-policy',
      severity: 'yellow',
      domain,
      message: `mailcow asks for more than users are told: ${[
        ...(policy.minLength > minLength ? [`at least ${policy.minLength} characters`] : []),
        ...(policy.specialCharacters ? ['a special character'] : []),
      ].join(', ')}.`,
      remedy:
        'Set passwords.minLength accordingly and say it in the hand-over mail. Initial passwords are made to fit.',
    })
  return found
}

export interface DiskFacts {
  readonly domain: string
  /** All mail of the domain, in bytes. */
  readonly neededBytes: number
  /** Free on mailcow's mail volume; `undefined` when mailcow does not tell. */
  readonly freeBytes: number | undefined
}

/** Indexes, caches and what arrives meanwhile come on top of the mail itself. */
const DISK_RESERVE = 1.2

export function diskFindings({ domain, neededBytes, freeBytes }: DiskFacts): readonly Finding[] {
  if (freeBytes === undefined)
    return [
      {
        code: 'disk-space-unknown',
        severity: 'info',
        domain,
        message: 'mailcow does not tell how much disk is free.',
        remedy: 'Look yourself (df on the volume of /var/vmail) whether the mail of the domain fits.',
      },
    ]
  const wanted = neededBytes * DISK_RESERVE
  if (wanted <= freeBytes) return []
  return [
    {
      code: 'disk-space',
      severity: 'red',
      domain,
      message: `The domain needs about ${inGiB(wanted)}, and mailcow has ${inGiB(freeBytes)} free.`,
      remedy:
        "Make room on mailcow's mail volume first. mailcow compresses mail: accept if you know that it fits.",
    },
  ]
}

function inGiB(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`
}
