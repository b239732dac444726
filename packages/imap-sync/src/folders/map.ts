import type { FolderListing, FolderMap } from './types.ts'

export interface MapFoldersOptions {
  /** The map of an earlier survey: its entries stay as they are, new folders are added. */
  readonly frozen?: FolderMap
}

/** What a new, empty mailcow mailbox shows: for planning before the mailbox exists. */
export const mailcowTarget: FolderListing = {
  personal: { prefix: '', separator: '/' },
  others: [{ prefix: 'Shared/', separator: '/' }],
  folders: [],
  foreign: [],
}

/** Where each source folder goes. Pure and deterministic; every selectable folder gets its own target, except that folders of one role share it. */
export function mapFolders(
  _source: FolderListing,
  _target: FolderListing = mailcowTarget,
  _options: MapFoldersOptions = {},
): FolderMap {
  throw new Error('being written')
}
