import { expectTypeOf, test } from 'vitest'
import type {
  Domain,
  Domains,
  ItemResult,
  Mailbox,
  Mailboxes,
  MailboxSettings,
  MailcowClient,
  MailcowError,
  MailcowErrorCode,
} from './index.ts'

test('one item gives nothing, several give results', () => {
  expectTypeOf<Domains['edit']>().toBeCallableWith('example.at', { active: true })
  expectTypeOf<Domains['edit']>().toBeCallableWith(['example.at'], { active: true }, { settle: true })
  expectTypeOf((client: MailcowClient) => client.domains.delete('example.at')).returns.resolves.toBeVoid()
  expectTypeOf((client: MailcowClient) =>
    client.domains.delete(['example.at']),
  ).returns.resolves.toEqualTypeOf<readonly ItemResult[]>()
})

test('units and absences are in the types', () => {
  expectTypeOf<Domain['quotaBytes']>().toEqualTypeOf<number>()
  expectTypeOf<Mailbox['quotaBytes']>().toEqualTypeOf<number | null>()
  expectTypeOf<Mailbox['passwordChangedAt']>().toEqualTypeOf<Date | null>()
  expectTypeOf<Mailboxes['get']>().returns.resolves.toEqualTypeOf<Mailbox | undefined>()
  expectTypeOf<MailcowError['code']>().toEqualTypeOf<MailcowErrorCode>()
})

test('a new mailbox needs a password or a hash, and not both', () => {
  interface Rest {
    localPart: 'a'
    domain: 'example.at'
    name: 'A'
    quotaBytes: null
    active: true
    forcePasswordUpdate: true
  }
  expectTypeOf<Rest & { password: string }>().toExtend<MailboxSettings>()
  expectTypeOf<Rest & { passwordHash: string }>().toExtend<MailboxSettings>()
  expectTypeOf<Rest>().not.toExtend<MailboxSettings>()
  expectTypeOf<Rest & { password: string; passwordHash: string }>().not.toExtend<MailboxSettings>()
})
