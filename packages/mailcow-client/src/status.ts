import type { Api, DecodeContext } from './api.ts'
import { z } from 'zod'
import type { CallOptions } from './options.ts'
import { defineReply, isRecord } from './reply.ts'
import { ignored, integer, text } from './wire.ts'

/** One of mailcow's containers. */
export interface Container {
  /** E.g. `dovecot-mailcow`. */
  readonly name: string
  /** E.g. `running`. */
  readonly state: string
  readonly startedAt: Date | null
  readonly image: string
}

/** The disk that holds the mail, as `df` writes it (`29G`). */
export interface VmailDisk {
  readonly disk: string
  readonly used: string
  readonly total: string
  readonly usedPercent: number | null
}

/** The machine that mailcow runs on. */
export interface HostStatus {
  readonly cpuCores: number | null
  readonly cpuUsagePercent: number | null
  readonly memoryTotalBytes: number | null
  readonly memoryUsagePercent: number | null
  readonly uptimeSeconds: number | null
  /** In mailcow's own time zone, as it writes it: `24.11.2026 12:24:35`. */
  readonly systemTime: string | null
  readonly architecture: string | null
}

export const versionReply = defineReply('version', {
  required: { version: text },
  expected: {},
  sometimes: {},
})

export const containerReply = defineReply('container', {
  required: { state: text },
  expected: { container: text, started_at: text, image: text, type: ignored },
  sometimes: { external: ignored, id: ignored },
})

export const vmailReply = defineReply('vmail', {
  required: { used_percent: text },
  expected: { disk: text, used: text, total: text, type: ignored },
  sometimes: {},
})

export const hostReply = defineReply('host', {
  required: {},
  expected: {
    cpu: z.object({ cores: integer, usage: z.number() }),
    memory: z.object({ total: integer, usage: z.number() }),
    uptime: z.number(),
    system_time: text,
    architecture: text,
  },
  sometimes: {},
})

function decodeVersion(value: unknown, context: DecodeContext): string {
  return context.parse(versionReply, value).version
}

function decodeContainer([name, details]: [string, unknown], context: DecodeContext): Container {
  const reply = context.parse(containerReply, details)
  const startedAt = new Date(reply.started_at ?? '')
  return {
    name: reply.container ?? name,
    state: reply.state,
    startedAt: Number.isNaN(startedAt.getTime()) ? null : startedAt,
    image: reply.image ?? '',
  }
}

function decodeVmail(value: unknown, context: DecodeContext): VmailDisk {
  const reply = context.parse(vmailReply, value)
  const percent = Number.parseFloat(reply.used_percent)
  return {
    disk: reply.disk ?? '',
    used: reply.used ?? '',
    total: reply.total ?? '',
    usedPercent: Number.isFinite(percent) ? percent : null,
  }
}

function decodeHost(value: unknown, context: DecodeContext): HostStatus {
  const reply = context.parse(hostReply, value)
  return {
    cpuCores: reply.cpu?.cores ?? null,
    cpuUsagePercent: reply.cpu?.usage ?? null,
    memoryTotalBytes: reply.memory?.total ?? null,
    memoryUsagePercent: reply.memory?.usage ?? null,
    uptimeSeconds: reply.uptime ?? null,
    systemTime: reply.system_time ?? null,
    architecture: reply.architecture ?? null,
  }
}

/** What mailcow says about itself: `get/status/…`. */
export class Status {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** mailcow's version, e.g. `2026-07a`. */
  async version(options: CallOptions = {}): Promise<string> {
    const found = await this.#api.readOne('get/status/version', [], decodeVersion, options)
    if (found === undefined) throw this.#api.unexpected('get/status/version', 'is empty')
    return found
  }

  async containers(options: CallOptions = {}): Promise<Container[]> {
    const value = await this.#api.read('get/status/containers', [], options)
    if (!isRecord(value)) throw this.#api.unexpected('get/status/containers', 'is not an object')
    return this.#api.decodeAll('get/status/containers', Object.entries(value), decodeContainer)
  }

  async vmail(options: CallOptions = {}): Promise<VmailDisk> {
    const found = await this.#api.readOne('get/status/vmail', [], decodeVmail, options)
    if (found === undefined) throw this.#api.unexpected('get/status/vmail', 'is empty')
    return found
  }

  async host(options: CallOptions = {}): Promise<HostStatus> {
    const found = await this.#api.readOne('get/status/host', [], decodeHost, options)
    if (found === undefined) throw this.#api.unexpected('get/status/host', 'is empty')
    return found
  }
}
