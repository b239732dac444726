import type { Api, DecodeContext } from './api.ts'
import { notAsIntended } from './read-back.ts'
import { z } from 'zod'
import { addAndFind } from './add-and-find.ts'
import { usageError } from './errors.ts'
import { requireId } from './names.ts'
import type { CallOptions, WriteOptions } from './options.ts'
import { defineReply } from './reply.ts'
import type { Route } from './routes.ts'
import { parseServerTime } from './time.ts'
import { integer, nullableText, text } from './wire.ts'

/** Which of the two kinds. */
export type TemplateKind = 'domain' | 'mailbox'

/**
 * What mailcow fills in where an addition says nothing. `attributes` are mailcow's own, with its own names; quotas in
 * them are bytes here, as in every other answer.
 */
export interface Template {
  readonly id: number
  readonly name: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly createdAt: Date | null
  readonly modifiedAt: Date | null
}

/** Attributes by mailcow's own names; **quotas in MiB**, as mailcow takes them in requests. */
export type TemplateAttributes = Readonly<Record<string, string | number | readonly string[]>>

export const templateReply = defineReply('template', {
  required: { id: integer, template: text, attributes: z.record(text, z.unknown()) },
  expected: { type: text, created: nullableText, modified: nullableText },
  sometimes: {},
})

function decodeTemplate(value: unknown, context: DecodeContext): Template {
  const reply = context.parse(templateReply, value)
  return {
    id: reply.id,
    name: reply.template,
    attributes: reply.attributes,
    createdAt: parseServerTime(reply.created, context.timeZone),
    modifiedAt: parseServerTime(reply.modified, context.timeZone),
  }
}

const ROUTES: Readonly<Record<TemplateKind, Readonly<Record<'get' | 'add' | 'edit' | 'delete', Route>>>> = {
  domain: {
    get: 'get/domain/template',
    add: 'add/domain/template',
    edit: 'edit/domain/template',
    delete: 'delete/domain/template',
  },
  mailbox: {
    get: 'get/mailbox/template',
    add: 'add/mailbox/template',
    edit: 'edit/mailbox/template',
    delete: 'delete/mailbox/template',
  },
}

/** Templates: `get/…/template`, `add/…/template`, `edit/…/template`, `delete/…/template`. */
export class Templates {
  readonly #api: Api
  readonly #routes: (typeof ROUTES)[TemplateKind]

  constructor(api: Api, kind: TemplateKind) {
    this.#api = api
    this.#routes = ROUTES[kind]
  }

  list(options: CallOptions = {}): Promise<Template[]> {
    return this.#api.readList(this.#routes.get, ['all'], decodeTemplate, options)
  }

  async get(id: number, options: CallOptions = {}): Promise<Template | undefined> {
    return this.#api.readOne(this.#routes.get, [String(requireId(id))], decodeTemplate, options)
  }

  /** Adds a template and resolves with it; absent attributes come from the template "Default". */
  async add(name: string, attributes: TemplateAttributes, options: WriteOptions = {}): Promise<Template> {
    if (name === '') throw usageError('a template needs a name')
    return addAndFind(
      this.#api,
      {
        write: { route: this.#routes.add, done: ['template_added'], body: { ...attributes, template: name } },
        subject: name,
        list: () => this.list(options),
        isIt: (candidate) => candidate.name === name,
        wanted: {},
      },
      options,
    )
  }

  /** Changes one template: mailcow's answer is one for a whole list. */
  async edit(id: number, attributes: TemplateAttributes, options: CallOptions = {}): Promise<void> {
    const body = { items: [requireId(id)], attr: attributes }
    await this.#api.write({ route: this.#routes.edit, done: ['template_modified'], body }, options)
  }

  /** Deletes one template: of a list mailcow deletes only the first. "Default" stays, although it reports success. */
  async delete(id: number, options: WriteOptions = {}): Promise<void> {
    const { delete: route } = this.#routes
    await this.#api.write({ route, done: ['template_removed'], body: [requireId(id)] }, options)
    if (options.readBack === true && (await this.get(id, options)) !== undefined) {
      throw notAsIntended(route, String(id), ['existence'])
    }
  }
}
