import type { ImapConnection } from '../connection/connect.ts'
import type { FolderListing } from './types.ts'

/** Lists all folders with roles, subscriptions and status: two or three commands where the server can, opens nothing. */
export async function readFolders(
  _connection: ImapConnection,
  _options: { readonly signal?: AbortSignal } = {},
): Promise<FolderListing> {
  throw new Error('being written')
}
