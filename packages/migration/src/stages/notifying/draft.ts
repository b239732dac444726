import type * as Notify from '@iteg/notify'
import type {
  LetterKind,
  MessageAttachment,
  NoticeData,
  NoticeKind,
  RenderedNotice,
  Templates,
} from '@iteg/notify'
import type { Migration } from '../migration.ts'
import { NO_FILES, type UserFiles } from './attachments.ts'
import type { AttachedFiles } from './notice-data.ts'
import { senderOf } from './sender.ts'

/** What a notice may need that is only fetched when it is really made. */
interface Given {
  /** In clear in a mail or letter, masked in a preview. */
  readonly password: string | undefined
  readonly files: AttachedFiles
}

/** A mail that is ready to go. */
export interface ComposedMail {
  readonly content: Uint8Array
  /** Names of files of the user that were too large for it. */
  readonly leftOut: readonly string[]
}

/** A notice that could be sent, looked through, or printed. */
export interface Draft {
  readonly domain: string
  readonly kind: NoticeKind
  readonly recipient: string
  readonly recipientName?: string
  readonly occasion: string
  readonly language: string
  readonly version: string
  readonly via: 'append' | 'smtp'
  /** As it would be, the password masked. */
  preview(): Promise<{
    readonly rendered: RenderedNotice
    readonly attachments: readonly string[]
    readonly leftOut: readonly string[]
  }>
  /** The mail's bytes. Opens the password. */
  compose(mail: { readonly messageId: string; readonly date: Date }): Promise<ComposedMail>
  /** The letter that says the same; absent for what is never printed. Opens the password. */
  readonly letter?: (date: Date) => Promise<string>
}

export interface DraftRequest<K extends NoticeKind> {
  readonly domain: string
  readonly kind: K
  readonly recipient: string
  readonly recipientName?: string | undefined
  /** Default: empty. */
  readonly occasion?: string
  readonly language: string
  readonly via: 'append' | 'smtp'
  readonly data: (given: Given) => NoticeData[K]
  /** Absent: there is no password in it. */
  readonly password?: () => Promise<string | undefined>
  readonly files?: () => Promise<UserFiles>
}

export interface Drafting {
  readonly migration: Migration
  readonly templates: Templates
  readonly notify: typeof Notify
  /** Header value. */
  readonly from: string
}

/** Stands in the data of a preview where a real one exists; `renderPreview` masks it once more. */
const MASK = 'masked'

/** A notice that is only mailed. Throws `NoticeUsageError` where there is no text in its language. */
export function draftMail<K extends NoticeKind>(drafting: Drafting, request: DraftRequest<K>): Draft {
  const { notify, templates, from } = drafting
  const { domain, kind, recipient, recipientName, occasion = '', language, via, data } = request
  const files = request.files ?? (() => Promise.resolve(NO_FILES))
  const to =
    recipientName === undefined ? { address: recipient } : { address: recipient, name: recipientName }
  return {
    domain,
    kind,
    recipient,
    ...(recipientName === undefined ? {} : { recipientName }),
    occasion,
    language,
    version: templates.version(kind, language),
    via,
    preview: async () => {
      const { described, attachments, leftOut } = await files()
      const password = request.password === undefined ? undefined : MASK
      return {
        rendered: notify.renderPreview(templates, {
          kind,
          language,
          data: data({ password, files: described }),
        }),
        attachments: attachments.map(({ fileName }) => fileName),
        leftOut,
      }
    },
    compose: async ({ messageId, date }) => {
      const { described, attachments, leftOut } = await files()
      const password = await request.password?.()
      const rendered = notify.renderNotice(templates, {
        kind,
        language,
        data: data({ password, files: described }),
      })
      const mail = { rendered, from, to, messageId, date, ...attached(attachments) }
      return { content: await notify.composeMessage(mail), leftOut }
    },
  }
}

/** A notice that can also be printed. */
export function draftLetter<K extends LetterKind>(drafting: Drafting, request: DraftRequest<K>): Draft {
  const { notify, templates } = drafting
  const { kind, language, data } = request
  return {
    ...draftMail(drafting, request),
    letter: async (date) => {
      const { described } = (await request.files?.()) ?? NO_FILES
      const password = await request.password?.()
      return notify.renderLetter(templates, {
        kind,
        language,
        data: data({ password, files: described }),
        date,
      }).html
    },
  }
}

function attached(attachments: readonly MessageAttachment[]): { attachments?: readonly MessageAttachment[] } {
  return attachments.length === 0 ? {} : { attachments }
}

/** The same for the same notice and round: what a crash left in doubt is looked for under it. */
export function messageIdOf({ notify, from }: Drafting, draft: Draft, round: number): string {
  const { domain, recipient, kind, occasion, version } = draft
  const host = senderOf(from).address.replace(/^.*@/u, '')
  return notify.newMessageId([domain, recipient, kind, occasion, version, String(round)], host)
}
