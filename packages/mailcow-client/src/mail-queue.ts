import type { Api, DecodeContext } from './api.ts'
import { z } from 'zod'
import { usageError } from './errors.ts'
import type { CallOptions } from './options.ts'
import { defineReply } from './reply.ts'
import { fromUnixSeconds } from './time.ts'
import { ignored, integer, text } from './wire.ts'

/** A message that waits in Postfix' queue. */
export interface QueuedMessage {
  readonly queueId: string
  /** `active`, `deferred`, `hold`, … */
  readonly queueName: string
  readonly sender: string
  /** As mailcow writes them, sometimes with the reason why they wait. */
  readonly recipients: readonly string[]
  readonly sizeBytes: number | null
  readonly arrivedAt: Date | null
}

/** A message that mailcow keeps in its quarantine. */
export interface QuarantinedMessage {
  readonly id: number
  readonly queueId: string
  readonly subject: string
  readonly sender: string
  readonly recipient: string
  readonly score: number | null
  readonly action: string | null
  readonly at: Date | null
}

const queuedMessageReply = defineReply('queued message', {
  required: { queue_id: text },
  expected: {
    queue_name: text,
    sender: text,
    recipients: z.array(text),
    message_size: integer,
    arrival_time: integer,
  },
  sometimes: { forced_expire: ignored },
})

const quarantinedMessageReply = defineReply('quarantined message', {
  required: { id: integer },
  expected: {
    qid: text,
    subject: z.string().nullable(),
    sender: text,
    rcpt: text,
    score: z.coerce.number(),
    created: integer,
    action: text,
  },
  sometimes: { virus_flag: ignored, notified: ignored, symbols: ignored },
})

/** The mail queue and the quarantine: `get/mailq`, `edit/mailq`, `delete/mailq`, `get/quarantine`. */
export class MailQueue {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  list(options: CallOptions = {}): Promise<QueuedMessage[]> {
    return this.#api.readList('get/mailq', ['all'], decodeQueuedMessage, options)
  }

  quarantine(options: CallOptions = {}): Promise<QuarantinedMessage[]> {
    return this.#api.readList('get/quarantine', ['all'], decodeQuarantinedMessage, options)
  }

  /** Hands the command to try all of the queue now over to Postfix. mailcow does not tell what became of it. */
  async flush(options: CallOptions = {}): Promise<void> {
    const body = { attr: { action: 'flush' } }
    await this.#api.write({ route: 'edit/mailq', done: ['queue_command_success'], body }, options)
  }

  /** Holds, releases or tries single messages. */
  async command(
    command: 'hold' | 'unhold' | 'deliver',
    queueIds: readonly string[],
    options: CallOptions = {},
  ): Promise<void> {
    const body = { items: queueIds.map(checkQueueId), attr: { action: command } }
    if (queueIds.length === 0) throw usageError('no messages were given')
    await this.#api.write({ route: 'edit/mailq', done: ['queue_command_success'], body }, options)
  }

  /** Deletes messages from the queue; they are lost. mailcow reports success for unknown ids too. */
  async delete(queueIds: readonly string[], options: CallOptions = {}): Promise<void> {
    if (queueIds.length === 0) throw usageError('no messages were given')
    const body = queueIds.map(checkQueueId)
    await this.#api.write({ route: 'delete/mailq', done: ['queue_command_success'], body }, options)
  }
}

function checkQueueId(id: string): string {
  if (!/^[A-Za-z0-9]+$/.test(id)) throw usageError(`${JSON.stringify(id)} is not the queue id of a message`)
  return id
}

function decodeQueuedMessage(value: unknown, context: DecodeContext): QueuedMessage {
  const reply = context.parse(queuedMessageReply, value)
  return {
    queueId: reply.queue_id,
    queueName: reply.queue_name ?? '',
    sender: reply.sender ?? '',
    recipients: reply.recipients ?? [],
    sizeBytes: reply.message_size ?? null,
    arrivedAt: fromUnixSeconds(reply.arrival_time),
  }
}

function decodeQuarantinedMessage(value: unknown, context: DecodeContext): QuarantinedMessage {
  const reply = context.parse(quarantinedMessageReply, value)
  return {
    id: reply.id,
    queueId: reply.qid ?? '',
    subject: reply.subject ?? '',
    sender: reply.sender ?? '',
    recipient: reply.rcpt ?? '',
    score: reply.score ?? null,
    action: reply.action ?? null,
    at: fromUnixSeconds(reply.created),
  }
}
