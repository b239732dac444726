import { checkRequest, requestSchema } from './request-schema.ts'
import type { Api, DecodeContext } from './api.ts'
import { addAndFind } from './add-and-find.ts'
import { type ItemResult, usageError } from './errors.ts'
import { normaliseDomain, normaliseMailbox, requireId } from './names.ts'
import type { CallOptions, SettleOptions, WriteOptions } from './options.ts'
import { defineReply } from './reply.ts'
import type { Route } from './routes.ts'
import { integer, text } from './wire.ts'
import { writeEach } from './write-each.ts'

/** `allow`: never spam. `deny`: always spam. mailcow calls them white and black lists. */
export type PolicyList = 'allow' | 'deny'

/** An entry of a spam list. */
export interface PolicyEntry {
  readonly id: number
  readonly list: PolicyList
  /** The domain or mailbox that it belongs to. */
  readonly owner: string
  /** The sender: an address, or a pattern such as `*@example.net`. */
  readonly sender: string
}

export const policyReply = defineReply('policy entry', {
  required: { prefid: integer, object: text, value: text },
  expected: {},
  sometimes: {},
})

const POLICY = requestSchema('policy entry', ['list', 'sender'])

/**
 * Spam lists: `get/policy_wl_domain`, `get/policy_bl_domain`, `get/policy_wl_mailbox`, `get/policy_bl_mailbox`,
 * `add/domain-policy`, `add/mailbox-policy`, `delete/domain-policy`, `delete/mailbox-policy`.
 */
export class Policies {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** The domain's own entries (mailcow lists those of its mailboxes too). */
  async listDomain(domain: string, list: PolicyList, options: CallOptions = {}): Promise<PolicyEntry[]> {
    const owner = normaliseDomain(domain)
    const route = list === 'allow' ? 'get/policy_wl_domain' : 'get/policy_bl_domain'
    return this.#list(route, owner, list, options)
  }

  /** The entries of the domain and of all its mailboxes, in one call. */
  async listAll(domain: string, list: PolicyList, options: CallOptions = {}): Promise<PolicyEntry[]> {
    const name = normaliseDomain(domain)
    const route = list === 'allow' ? 'get/policy_wl_domain' : 'get/policy_bl_domain'
    return this.#read(route, name, list, options)
  }

  /** The mailbox's own entries (mailcow lists those of its domain too). */
  async listMailbox(mailbox: string, list: PolicyList, options: CallOptions = {}): Promise<PolicyEntry[]> {
    const owner = normaliseMailbox(mailbox)
    const route = list === 'allow' ? 'get/policy_wl_mailbox' : 'get/policy_bl_mailbox'
    return this.#list(route, owner, list, options)
  }

  /** Adds an entry and resolves with it. Rejects with `exists` when the sender is on one of the lists. */
  async addDomain(
    domain: string,
    entry: { readonly list: PolicyList; readonly sender: string },
    options: WriteOptions = {},
  ): Promise<PolicyEntry> {
    checkRequest(POLICY, entry)
    const owner = normaliseDomain(domain)
    const write = { route: 'add/domain-policy', done: ['domain_modified'], body: { domain: owner } } as const
    return this.#add(owner, entry, write, () => this.listDomain(owner, entry.list, options), options)
  }

  /** As {@link addDomain}, for one mailbox. */
  async addMailbox(
    mailbox: string,
    entry: { readonly list: PolicyList; readonly sender: string },
    options: WriteOptions = {},
  ): Promise<PolicyEntry> {
    checkRequest(POLICY, entry)
    const owner = normaliseMailbox(mailbox)
    const write = {
      route: 'add/mailbox-policy',
      done: ['mailbox_modified'],
      body: { username: owner },
    } as const
    return this.#add(owner, entry, write, () => this.listMailbox(owner, entry.list, options), options)
  }

  /** Deletes entries of domains by id. */
  deleteDomain(id: number, options?: CallOptions): Promise<void>
  deleteDomain(ids: readonly number[], options?: SettleOptions): Promise<readonly ItemResult[]>
  async deleteDomain(
    ids: number | readonly number[],
    options: SettleOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    return writeEach(
      this.#api,
      ids,
      { route: 'delete/domain-policy', done: ['item_deleted', 'items_deleted'], normalise: requireId },
      options,
    )
  }

  /** Deletes entries of mailboxes by id. */
  deleteMailbox(id: number, options?: CallOptions): Promise<void>
  deleteMailbox(ids: readonly number[], options?: SettleOptions): Promise<readonly ItemResult[]>
  async deleteMailbox(
    ids: number | readonly number[],
    options: SettleOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    return writeEach(
      this.#api,
      ids,
      { route: 'delete/mailbox-policy', done: ['item_deleted', 'items_deleted'], normalise: requireId },
      options,
    )
  }

  async #add(
    owner: string,
    entry: { readonly list: PolicyList; readonly sender: string },
    write: { readonly route: Route; readonly done: readonly string[]; readonly body: Record<string, string> },
    list: () => Promise<PolicyEntry[]>,
    options: WriteOptions,
  ): Promise<PolicyEntry> {
    return addAndFind(
      this.#api,
      {
        write: { ...write, body: { ...write.body, ...entryToWire(entry) } },
        subject: owner,
        list,
        isIt: (candidate) => isSender(candidate.sender, entry.sender),
        wanted: { owner },
      },
      options,
    )
  }

  async #list(route: Route, owner: string, list: PolicyList, options: CallOptions): Promise<PolicyEntry[]> {
    const found = await this.#read(route, owner, list, options)
    return found.filter((entry) => entry.owner === owner)
  }

  #read(route: Route, name: string, list: PolicyList, options: CallOptions): Promise<PolicyEntry[]> {
    const decode = (value: unknown, context: DecodeContext): PolicyEntry => {
      const reply = context.parse(policyReply, value)
      return { id: reply.prefid, list, owner: reply.object, sender: reply.value }
    }
    return this.#api.readList(route, [name], decode, options)
  }
}

function entryToWire(entry: { list: PolicyList; sender: string }): Record<string, unknown> {
  if (entry.sender === '') throw usageError('the sender is empty')
  return { object_list: entry.list === 'allow' ? 'wl' : 'bl', object_from: entry.sender }
}

function isSender(stored: string, wanted: string): boolean {
  return stored.toLowerCase() === wanted.toLowerCase()
}
