import { shorten } from './address.ts'
import type { Parsed } from './parsed.ts'

/** Longer than any name; what is longer is a mistake. */
const maxNameLength = 1000

/** A display or user name: one line of text. */
export function parseName(text: string): Parsed<string> {
  const name = text.trim()
  if (name.length > maxNameLength) return { problem: `a name of more than ${maxNameLength} characters` }
  if (/\p{Cc}/u.test(name)) return { problem: `'${shorten(name)}' holds a line break or control characters` }
  return { value: name }
}

/** A login name: a name that must not be empty. */
export function parseUsername(text: string): Parsed<string> {
  const name = parseName(text)
  return 'value' in name && name.value === '' ? { problem: 'a user name is missing' } : name
}

/**
 * Bytes. 0 reads as unlimited (null), as mailcow, PostfixAdmin and Dovecot mean it: nobody has a mailbox that can hold
 * nothing.
 */
export function checkQuotaBytes(bytes: number): Parsed<number | null> {
  if (!Number.isSafeInteger(bytes) || bytes < 0)
    return { problem: `${bytes} is no number of bytes`, suggestion: 'write a whole number, 0 for unlimited' }
  return { value: bytes === 0 ? null : bytes }
}

/** The quota column of a CSV: empty when it is not known. */
export function parseQuotaBytes(text: string): Parsed<number | null | undefined> {
  if (text === '') return { value: undefined }
  if (text.toLowerCase() === 'unlimited') return { value: null }
  if (/^\d{1,16}$/u.test(text)) return checkQuotaBytes(Number(text))
  const withUnit = /^(\d{1,6})\s*([KMGT])i?B?$/iu.exec(text)
  const bytes =
    withUnit === null
      ? undefined
      : Number(withUnit[1]) * 1024 ** ('KMGT'.indexOf(String(withUnit[2]).toUpperCase()) + 1)
  return {
    problem: `'${shorten(text)}' is no number of bytes`,
    suggestion: bytes === undefined ? 'write a whole number, 0 for unlimited' : `write ${bytes}`,
  }
}

/** Switches of a CSV: empty means `fallback`. */
export function parseSwitch(text: string, fallback: boolean): Parsed<boolean> {
  switch (text.toLowerCase()) {
    case '':
      return { value: fallback }
    case 'true':
    case 'yes':
    case '1':
      return { value: true }
    case 'false':
    case 'no':
    case '0':
      return { value: false }
    default:
      return { problem: `'${shorten(text)}' is neither true nor false` }
  }
}
