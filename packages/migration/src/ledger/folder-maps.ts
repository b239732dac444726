/** Where a source folder goes. Frozen when recorded: a later survey adds folders, never moves one. */
export interface FolderMapEntry {
  readonly source: string
  readonly target: string
  /** Special use, without backslash: `sent`, `junk`. */
  readonly role?: string
}

export interface FolderMaps {
  /** In the order in which they were recorded; empty if the mailbox has none yet. */
  get(mailbox: string): Promise<readonly FolderMapEntry[]>
  /**
   * Adds the entries that are new and resolves to the whole map. Throws `folder_map_frozen`, and changes nothing,
   * when a source folder would get another target.
   */
  extend(mailbox: string, entries: readonly FolderMapEntry[]): Promise<readonly FolderMapEntry[]>
}
