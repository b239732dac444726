import { headerField } from '../identity/describe-header.ts'
import { includes, rangesOf } from '../state/ranges.ts'
import { command } from '../wire/command.ts'
import { parseFetch, uidOf } from '../wire/fetch-response.ts'
import type { Session } from '../wire/session.ts'
import { textOf } from '../wire/tokens.ts'
import { uidSets } from '../wire/uid-sets.ts'
import type { AllowedExtra } from './options.ts'
import type { MessageRef } from './report.ts'
import type { ListedMessage } from './list-side.ts'

/** Header fields of one message (Latin-1 text), to be asked for single fields. */
export type Header = Buffer

const usual = ['SUBJECT', 'FROM', 'MESSAGE-ID']

/** Header fields of messages of the opened folder. Gone ones are missing. */
export async function fetchHeaders(
  session: Session,
  uids: readonly number[],
  fields: readonly string[] = [],
): Promise<ReadonlyMap<number, Header>> {
  const ranges = rangesOf(uids)
  const names = [...new Set([...usual, ...fields.map((field) => field.toUpperCase())])].filter(
    (name) => /^[!-9;-~]{1,70}$/.test(name) && !/["(){}\\%*[\]]/.test(name),
  )
  const headers = new Map<number, Header>()
  for (const { set } of uidSets(ranges))
    await session.must(command('UID FETCH', set, `(UID BODY.PEEK[HEADER.FIELDS (${names.join(' ')})])`), {
      untagged: (response) => {
        const items = parseFetch(response)
        const uid = items === undefined ? undefined : uidOf(items)
        const header = [...(items ?? [])].find(([key]) => key.startsWith('BODY[HEADER.FIELDS'))?.[1]
        if (uid === undefined || header === undefined || !includes(ranges, uid)) return
        headers.set(uid, Buffer.from(textOf(header) ?? '', 'latin1'))
      },
    })
  return headers
}

/** A message with what helps to find it. `folder` is the name for people. */
export function describe(folder: string, message: ListedMessage, header: Header | undefined): MessageRef {
  const field = (name: string) => (header === undefined ? undefined : headerField(header, name))
  const subject = field('subject')
  const from = field('from')
  const messageId = field('message-id')
  return {
    folder,
    uid: message.uid,
    hash: message.hash,
    bytes: message.bytes,
    date: new Date(message.date * 1000).toISOString(),
    ...(subject === undefined ? {} : { subject }),
    ...(from === undefined ? {} : { from }),
    ...(messageId === undefined ? {} : { messageId }),
  }
}

/** The first rule that explains an extra message. */
export function allowedBy(
  rules: readonly AllowedExtra[],
  folder: string,
  message: ListedMessage,
  header: Header | undefined,
): AllowedExtra | undefined {
  return rules.find((rule) => {
    if (rule.folder !== undefined && rule.folder !== folder) return false
    if (rule.hashes !== undefined && !rule.hashes.includes(message.hash)) return false
    return (rule.headers ?? []).every(({ name, contains }) => {
      const value = header === undefined ? undefined : headerField(header, name.toLowerCase())
      return value !== undefined && value.toLowerCase().includes(contains.toLowerCase())
    })
  })
}
