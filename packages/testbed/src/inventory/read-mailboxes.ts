import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse as parseCsv } from 'csv-parse/sync'
import { parse as parseYaml } from 'yaml'
import { TestbedError } from '../errors.ts'

/** A mailbox that the old server is to host. */
export interface HostedMailbox {
  readonly address: string
  readonly active: boolean
  /** 0: unlimited. */
  readonly quotaBytes: number
}

/**
 * The mailboxes of an inventory file (`.yaml`, `.yml` or `.csv`). This reads just enough to host them; whether the
 * file is right is for the program under test to say.
 */
export async function readMailboxes(file: string): Promise<HostedMailbox[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new TestbedError('usage', `the inventory ${file} cannot be read`, { cause })
  })
  try {
    return path.extname(file) === '.csv' ? fromCsv(text) : fromYaml(text)
  } catch (cause) {
    throw new TestbedError('usage', `the inventory ${file} cannot be understood: ${String(cause)}`, { cause })
  }
}

function fromYaml(text: string): HostedMailbox[] {
  return list(field(parseYaml(text), 'domains')).flatMap((domain) =>
    list(field(domain, 'mailboxes')).map((mailbox) =>
      hosted(field(mailbox, 'address'), field(mailbox, 'quotaBytes'), field(mailbox, 'active') !== false),
    ),
  )
}

function fromCsv(text: string): HostedMailbox[] {
  const rows: unknown[] = parseCsv(text, { columns: true, skip_empty_lines: true, trim: true, bom: true })
  return rows
    .filter((row) => field(row, 'kind') === 'mailbox')
    .map((row) => {
      const active = field(row, 'active')
      const off = typeof active === 'string' && /^(?:false|no|0)$/i.test(active)
      return hosted(field(row, 'address'), field(row, 'quotaBytes'), !off)
    })
}

function hosted(address: unknown, quota: unknown, active: boolean): HostedMailbox {
  if (typeof address !== 'string' || !/^[^@/\s]+@[^@/\s]+$/.test(address))
    throw new Error(`${JSON.stringify(address)} is no address of a mailbox`)
  const bytes = Number(quota ?? 0)
  return {
    address: address.toLowerCase(),
    active,
    quotaBytes: Number.isSafeInteger(bytes) && bytes > 0 ? bytes : 0,
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
