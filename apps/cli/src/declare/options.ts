import { Option } from 'commander'

/** For options that may be given several times. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value]

export const mailboxOption = (): Option =>
  new Option('--mailbox <address>', 'only this mailbox; may be repeated').argParser(collect)

export interface MailboxOptions {
  readonly mailbox?: string[]
}

export interface NoticeOptions extends MailboxOptions {
  readonly again?: boolean
}
