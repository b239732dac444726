import type { Inventory } from './model.ts'
import type { InventoryFormat } from './read-file.ts'

export function printInventory(inventory: Inventory, options: { readonly format: InventoryFormat }): string {
  throw new Error(`cannot print ${options.format} yet ${inventory.domains.length}`)
}
