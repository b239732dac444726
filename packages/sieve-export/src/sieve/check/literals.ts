import type { ValueCheck } from '../grammar/rules.ts'
import { addressProblem } from '../values/address.ts'
import type { Finding } from './problem.ts'

/** What can be said of a literal string before the script runs. `invalidUtf8`: it holds bytes that are not UTF-8. */
export interface Literal {
  readonly text: string
  readonly invalidUtf8: boolean
}

type Judge = (literal: Literal) => Finding | undefined

/** RFC 5228 §5.1 wants addresses only where addresses are; this is Pigeonhole's list. */
const addressHeaders = new Set(
  (
    'from to cc bcc sender resent-from resent-to reply-to resent-reply-to resent-sender resent-cc resent-bcc ' +
    'for-approval for-handling for-comment apparently-to errors-to delivered-to return-receipt-to x-admin ' +
    'read-receipt-to x-confirm-reading-to return-receipt-requested registered-mail-reply-requested-by ' +
    'mail-followup-to mail-reply-to abuse-reports-to x-complaints-to x-report-abuse-to x-beenthere x-original-to'
  ).split(' '),
)
const envelopeParts = new Set(['from', 'to', 'auth'])
const dateParts = new Set(
  'year month day date julian hour minute second time iso8601 std11 zone weekday'.split(' '),
)

const judges: Readonly<Partial<Record<ValueCheck, Judge>>> = {
  address: ({ text }) => {
    const problem = addressProblem(text)
    return problem === undefined
      ? undefined
      : { code: 'address', message: `"${shorten(text)}" is no address: ${problem}` }
  },
  addressHeader: ({ text }) =>
    addressHeaders.has(text.toLowerCase())
      ? undefined
      : { code: 'header', message: `"${shorten(text)}" is no header that holds addresses` },
  datePart: ({ text }) =>
    dateParts.has(text.toLowerCase())
      ? undefined
      : { code: 'value', severity: 'warning', message: `there is no date part "${shorten(text)}"` },
  envelopePart: ({ text }) =>
    envelopeParts.has(text.toLowerCase())
      ? undefined
      : { code: 'header', message: `"${shorten(text)}" is no part of the envelope` },
  feedbackType: ({ text }) =>
    /^\s*[\w!#$%&'*+.^`{|}~\x80-\uffff-]*\s*$/.test(text)
      ? undefined
      : { code: 'value', message: `"${shorten(text)}" is no feedback type` },
  flags: ({ text }) => {
    const wrong = text.split(' ').find((flag) => flag !== '' && !isFlag(flag))
    const message = `"${shorten(wrong ?? '')}" is no IMAP flag and is ignored`
    return wrong === undefined ? undefined : { code: 'value', severity: 'warning', message }
  },
  folder: (literal) => folderProblem(literal, 'error'),
  folderInTest: (literal) => folderProblem(literal, 'warning'),
  headerName: ({ text }) =>
    isHeaderName(text)
      ? undefined
      : { code: 'header', severity: 'warning', message: `no header can be named "${shorten(text)}"` },
  headerNameStrict: ({ text }) =>
    isHeaderName(text) ? undefined : { code: 'header', message: `no header can be named "${shorten(text)}"` },
  importance: ({ text }) =>
    /^[123]$/.test(text) ? undefined : { code: 'value', message: 'the importance has to be "1", "2" or "3"' },
  mailtoOnly: ({ text }) =>
    text.toLowerCase() === 'mailto'
      ? undefined
      : { code: 'value', message: 'the deprecated notify extension knows the method "mailto" only' },
  programArgument: ({ text }) =>
    text.length <= 1024 && !/[\r\n]/.test(text)
      ? undefined
      : { code: 'value', message: 'an argument of a program is too long or has line ends' },
  programName: ({ text }) =>
    isFileName(text, 128)
      ? undefined
      : { code: 'value', message: `"${shorten(text)}" is no name of a program` },
  relation: ({ text }) =>
    /^(?:gt|ge|lt|le|eq|ne)$/.test(text)
      ? undefined
      : { code: 'value', message: `"${shorten(text)}" is no relation; there are gt, ge, lt, le, eq and ne` },
  scriptName: ({ text }) =>
    isFileName(text, 256)
      ? undefined
      : { code: 'include', message: `"${shorten(text)}" is no name of a script` },
  specialUse: ({ text }) =>
    /^\\[^\0-\x20\x7f-\uffff(){%*"\\\]]*$/.test(text)
      ? undefined
      : { code: 'value', message: `"${shorten(text)}" is no special use such as "\\\\Junk"` },
  zone: ({ text }) =>
    /^[+-]\d{4}$/.test(text)
      ? undefined
      : { code: 'value', severity: 'warning', message: `"${shorten(text)}" is no time zone such as "+0100"` },
}

/** Judges a literal; what holds variables is known only when the script runs. */
export function literalProblem(check: ValueCheck, literal: Literal): Finding | undefined {
  return judges[check]?.(literal)
}

function folderProblem({ text, invalidUtf8 }: Literal, severity: 'error' | 'warning'): Finding | undefined {
  if (!invalidUtf8) return undefined
  return { code: 'folder', severity, message: `the folder name "${shorten(text)}" is not UTF-8` }
}

/** RFC 5322 §2.2; Pigeonhole lets DEL pass. */
function isHeaderName(text: string): boolean {
  return !/[^\x21-\x39\x3b-\x7f]/.test(text)
}

function isFlag(flag: string): boolean {
  if (flag.startsWith('\\')) return /^\\(?:answered|flagged|deleted|seen|draft)$/i.test(flag)
  // RFC 3501 §9: atom
  return !/[\0-\x20\x7f-\uffff(){%*"\\\]]/.test(flag)
}

function isFileName(text: string, maxLength: number): boolean {
  const length = Array.from(text).length
  return length > 0 && length <= maxLength && !/[\p{Cc}/\xff\u2028\u2029\ufffd]/u.test(text)
}

/** For messages. */
export function shorten(text: string): string {
  const flat = text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, '?')
  const characters = Array.from(flat)
  return characters.length <= 80 ? flat : `${characters.slice(0, 79).join('')}…`
}
