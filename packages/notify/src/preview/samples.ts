import type { NoticeData, NoticeKind } from '../data/kinds.ts'

/** Data of an invented firm for previews, tests and trial renders; everything that a kind can show is there. */
export function sampleData<K extends NoticeKind>(kind: K, language: string): NoticeData[K] {
  throw new Error(`being built: ${kind} ${language}`)
}
