import type { Inventory } from './model.ts'

export function mergeInventories(inventories: readonly Inventory[]): Inventory {
  throw new Error(`cannot merge ${inventories.length} yet`)
}
