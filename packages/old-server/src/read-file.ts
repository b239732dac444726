import { readFile, stat } from 'node:fs/promises'
import { assemble } from './draft.ts'
import { InventoryFileError, OldServerError } from './errors.ts'
import type { Inventory } from './model.ts'
import { parseCsv } from './parse-csv.ts'
import { parseYaml } from './parse-yaml.ts'
import { Problems } from './problems.ts'

export type InventoryFormat = 'yaml' | 'csv'

/** What `parseInventory` takes. */
export interface ParseInventoryOptions {
  readonly format: InventoryFormat
  /** The name that origins and problems carry; `inventory.yaml` or `inventory.csv` when absent. */
  readonly file?: string
}

/** What `readInventoryFile` takes. */
export interface ReadInventoryFileOptions {
  /** By the file's extension when absent: `.yaml`, `.yml` or `.csv`. */
  readonly format?: InventoryFormat
  readonly signal?: AbortSignal
}

/** Some hundred thousand mailboxes; what is larger is the wrong file. */
const maxFileBytes = 16 * 1024 * 1024

/**
 * Reads the text of an inventory file.
 * @throws InventoryFileError with every problem at once, each with its line and column
 */
export function parseInventory(text: string, options: ParseInventoryOptions): Inventory {
  const problems = new Problems(options.file ?? `inventory.${options.format}`)
  const draft = options.format === 'yaml' ? parseYaml(text, problems) : parseCsv(text, problems)
  return assemble(draft, problems)
}

/**
 * Reads an inventory file: UTF-8, with or without a byte order mark, at most 16 MiB.
 * @throws InventoryFileError when its content is wrong, OldServerError when it cannot be read, `signal.reason`
 */
export async function readInventoryFile(
  path: string,
  options: ReadInventoryFileOptions = {},
): Promise<Inventory> {
  const format = options.format ?? formatOf(path)
  const bytes = await readBytes(path, options.signal)
  return parseInventory(decode(bytes, path), { format, file: path })
}

/** The format that a file's name promises. */
function formatOf(path: string): InventoryFormat {
  if (/\.csv$/iu.test(path)) return 'csv'
  if (/\.ya?ml$/iu.test(path)) return 'yaml'
  throw new OldServerError(
    'format_unknown',
    `${path}: not known whether this is YAML or CSV; name it .yaml or .csv`,
  )
}

async function readBytes(path: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    // Asked before opening: reading a named pipe would wait for ever.
    const { size, isFile } = await stat(path).then((stats) => ({ size: stats.size, isFile: stats.isFile() }))
    if (!isFile) throw new OldServerError('file_unreadable', `${path}: not a file`)
    if (size > maxFileBytes)
      throw new OldServerError('file_too_large', `${path}: more than ${maxFileBytes / 1024 / 1024} MiB`)
    return await readFile(path, signal === undefined ? {} : { signal })
  } catch (cause) {
    signal?.throwIfAborted()
    if (cause instanceof OldServerError) throw cause
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    throw new OldServerError('file_unreadable', `${path}: ${missing ? 'no such file' : reasonOf(cause)}`, {
      cause,
    })
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause
    ? `cannot be read (${String(cause.code)})`
    : 'cannot be read'
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new InventoryFileError([
      {
        file: path,
        ...firstWrongByte(bytes),
        message: 'this is not UTF-8',
        suggestion: 'save the file as UTF-8 (in a spreadsheet: CSV UTF-8)',
      },
    ])
  }
}

/** The line that does not decode by itself: a line end is never part of a longer UTF-8 sequence. */
function firstWrongByte(bytes: Uint8Array): { readonly line: number; readonly column: number } {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for (let start = 0, line = 1; start < bytes.length; line += 1) {
    const newline = bytes.indexOf(0x0a, start)
    const end = newline === -1 ? bytes.length : newline + 1
    try {
      decoder.decode(bytes.subarray(start, end))
    } catch {
      return { line, column: 1 }
    }
    start = end
  }
  return { line: 1, column: 1 }
}
