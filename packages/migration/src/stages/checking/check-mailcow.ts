import type { MailcowClient, MailcowError } from '@iteg/mailcow-client'
import type { CheckResult, CheckSubject } from '../check-report.ts'
import { ITEG_RULE } from '../../secrets/policy.ts'
import { isMailcowError } from '../mailcow-error.ts'
import { inConfigurationWords } from '../mailcow-facts.ts'
import { isInNetworks, isLoopback, isPrivate } from './networks.ts'
import { localAddressTowards } from './probe.ts'
import { asSentence } from '../sentence.ts'

export interface MailcowCheck {
  readonly client: MailcowClient
  /** `https://mailcow.example` */
  readonly url: string
  /** `passwords.minLength` */
  readonly minLength: number
  readonly signal: AbortSignal | undefined
}

/** The API itself, what the key may do, the password policy, and whether we could be banned. */
export async function checkMailcow(check: MailcowCheck): Promise<readonly CheckResult[]> {
  const call = check.signal === undefined ? {} : { signal: check.signal }
  try {
    const version = await check.client.status.version(call)
    const api = result(check, 'new.mailcow', 'ok', `mailcow ${version} answers.`, { version })
    return [api, await checkKey(check), await checkPolicy(check), await checkAllowList(check)]
  } catch (error) {
    const failed = failedResult(check, error)
    const skip = (subject: CheckSubject): CheckResult =>
      result(check, subject, 'skipped', 'mailcow could not be asked.', {})
    const rest = [skip('new.mailcow.passwordPolicy'), skip('new.mailcow.allowList')]
    return failed.subject === 'new.mailcow.apiKey'
      ? [result(check, 'new.mailcow', 'ok', 'mailcow answers.', {}), failed, ...rest]
      : [failed, skip('new.mailcow.apiKey'), ...rest]
  }
}

const KEY_PROBLEMS: ReadonlySet<MailcowError['code']> = new Set([
  'bad_key',
  'address_forbidden',
  'locked_out',
])

/** A domain that nobody can have (RFC 2606 §2). */
const NO_DOMAIN = 'mailmove-check.invalid'

/**
 * A read-only key answers every read and refuses every write (403). The write tried here names a domain that cannot exist:
 * a key that may write is told so, and nothing changes either way.
 */
async function checkKey(check: MailcowCheck): Promise<CheckResult> {
  try {
    await check.client.domains.edit(NO_DOMAIN, { description: 'mailmove check' })
  } catch (error) {
    check.signal?.throwIfAborted()
    if (!isMailcowError(error)) throw error
    if (error.code === 'read_only_key')
      return {
        ...result(check, 'new.mailcow.apiKey', 'failed', 'The API key may only read.', {
          access: 'read-only',
        }),
        remedy:
          'Make a read-write key (mailcow: System, Configuration, API) and put it where the configuration refers to.',
      }
    if (error.code !== 'denied' && error.code !== 'rejected') throw error
  }
  return result(check, 'new.mailcow.apiKey', 'ok', 'The API key may read and write.', {
    access: 'read-write',
  })
}

async function checkPolicy(check: MailcowCheck): Promise<CheckResult> {
  const policy = await check.client.passwordPolicy.get(
    check.signal === undefined ? {} : { signal: check.signal },
  )
  const facts = {
    minLength: policy.minLength,
    mixedCase: policy.requireMixedCase,
    digits: policy.requireDigits,
    specialCharacters: policy.requireSpecialCharacters,
  }
  const least = Math.max(check.minLength, ITEG_RULE.minLength)
  const isWeaker = policy.minLength < least || !policy.requireMixedCase || !policy.requireDigits
  const subject = 'new.mailcow.passwordPolicy'
  if (!isWeaker) return result(check, subject, 'ok', `Passwords need ${policy.minLength} characters.`, facts)
  return {
    ...result(
      check,
      subject,
      'warning',
      'mailcow lets users choose weaker passwords than the rule they are told.',
      facts,
    ),
    remedy: `Set at least ${least} characters, upper and lower case, and digits in mailcow's password policy.`,
  }
}

async function checkAllowList(check: MailcowCheck): Promise<CheckResult> {
  const subject = 'new.mailcow.allowList'
  const url = new URL(check.url)
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  const settings = await check.client.fail2ban.get(check.signal === undefined ? {} : { signal: check.signal })
  const host = url.hostname.replaceAll(/[[\]]/g, '')
  const address = await localAddressTowards(host, port, check.signal).catch(() => '')
  check.signal?.throwIfAborted()
  const facts = {
    address,
    maxAttempts: settings.maxAttempts,
    retryWindowSeconds: settings.retryWindowSeconds,
  }
  if (address === '')
    return result(
      check,
      subject,
      'skipped',
      'It is not known which address mailcow sees of this machine.',
      facts,
    )
  if (isInNetworks(address, settings.denyList))
    return {
      ...result(check, subject, 'failed', `${address} is on mailcow's deny list.`, facts),
      remedy: 'Remove it there (System, Configuration, Options, Fail2ban).',
    }
  if (isInNetworks(address, settings.allowList))
    return result(
      check,
      subject,
      'ok',
      `${address} is allow-listed: refused logins cannot get it banned.`,
      facts,
    )
  if (isLoopback(address)) return result(check, subject, 'ok', 'mailcow runs on this machine.', facts)
  const seen = isPrivate(address) ? 'the address that mailcow sees of this machine' : address
  return {
    ...result(
      check,
      subject,
      'warning',
      `${seen} is not on mailcow's allow list: ${settings.maxAttempts} refused logins get it banned.`,
      facts,
    ),
    remedy: "Add it to fail2ban's allow list in mailcow (System, Configuration, Options, Fail2ban).",
  }
}

function failedResult(check: MailcowCheck, error: unknown): CheckResult {
  check.signal?.throwIfAborted()
  if (!isMailcowError(error)) throw error
  const subject = KEY_PROBLEMS.has(error.code) ? 'new.mailcow.apiKey' : 'new.mailcow'
  return {
    ...result(check, subject, 'failed', asSentence(error.message), {}),
    remedy:
      error.hint === undefined
        ? 'Check new.mailcow.url and new.mailcow.apiKey.'
        : inConfigurationWords(error.hint),
  }
}

function result(
  check: MailcowCheck,
  subject: CheckSubject,
  status: CheckResult['status'],
  detail: string,
  facts: CheckResult['facts'],
): CheckResult {
  return { subject, status, target: check.url, detail, facts }
}
