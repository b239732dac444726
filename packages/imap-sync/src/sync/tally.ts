import type { FolderMapEntry } from '../folders/types.ts'
import type { Changes, Fates, FolderReport } from '../report.ts'
import type { SetAsideRecord } from '../state/state.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** Counts what happens to one source folder. Every message is counted once, when its fate is sealed. */
export class Tally {
  readonly entry: FolderMapEntry
  exists = 0
  bytesCopied = 0
  failed = false
  datesReplaced = 0
  unchanged = false
  readonly fates: Writable<Fates> = { copied: 0, alreadyThere: 0, setAside: 0, excluded: 0, vanished: 0 }
  readonly changes: Writable<Changes> = noChanges()
  readonly excluded = new Map<string, number>()
  readonly droppedKeywords = new Map<string, number>()
  readonly setAside: SetAsideRecord[] = []

  constructor(entry: FolderMapEntry) {
    this.entry = entry
  }

  exclude(rule: string, count = 1): void {
    this.fates.excluded += count
    this.excluded.set(rule, (this.excluded.get(rule) ?? 0) + count)
  }

  drop(keywords: readonly string[]): void {
    for (const keyword of keywords) {
      // A hostile source invents a keyword a message: the report names some of them.
      if (this.droppedKeywords.size >= 100 && !this.droppedKeywords.has(keyword)) continue
      this.droppedKeywords.set(keyword.slice(0, 128), (this.droppedKeywords.get(keyword) ?? 0) + 1)
    }
  }

  get accounted(): number {
    const { copied, alreadyThere, setAside, excluded, vanished } = this.fates
    return copied + alreadyThere + setAside + excluded + vanished
  }

  report(): FolderReport {
    return {
      source: this.entry.source,
      target: this.entry.target,
      exists: this.exists,
      fates: { ...this.fates },
      changes: { ...this.changes },
      bytesCopied: this.bytesCopied,
      excluded: Object.fromEntries(this.excluded),
      droppedKeywords: Object.fromEntries(this.droppedKeywords),
      setAside: this.setAside.toSorted((a, b) => a.uid - b.uid),
      complete: !this.failed && this.accounted === this.exists,
      unchanged: this.unchanged,
    }
  }
}

export function noChanges(): Writable<Changes> {
  return { foldersCreated: 0, subscriptions: 0, flags: 0, moved: 0, deleted: 0, foldersDeleted: 0 }
}
