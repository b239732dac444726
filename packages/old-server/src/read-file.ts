import type { Inventory } from './model.ts'

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

export function parseInventory(text: string, options: ParseInventoryOptions): Inventory {
  throw new Error(`cannot parse ${options.format} yet ${text.length}`)
}

export async function readInventoryFile(
  path: string,
  options: ReadInventoryFileOptions = {},
): Promise<Inventory> {
  throw new Error(`cannot read ${path} yet ${String(options.format)}`)
}
