import type { FolderMap } from '@iteg/imap-sync'
import { describe, expect, it } from 'vitest'
import { oldNamespaceOf } from './old-namespace.ts'

function map(...names: readonly (readonly [string, string])[]): FolderMap {
  const entries = names.map(([source, target]) => ({
    source,
    sourceWire: source,
    target,
    targetWire: target,
    selectable: true,
  }))
  return { entries, collisions: [], leftOut: [] }
}

describe('oldNamespaceOf', () => {
  it('sees the prefix that every folder has', () => {
    const maps = [
      map(['INBOX', 'INBOX']),
      map(['INBOX', 'INBOX'], ['INBOX.Sent', 'Sent'], ['INBOX.A.B', 'A/B']),
    ]
    expect(oldNamespaceOf(maps)).toEqual({ prefix: 'INBOX.', separator: '.' })
    expect(oldNamespaceOf([map(['INBOX/Sent', 'Sent'])])).toEqual({ prefix: 'INBOX/', separator: '/' })
  })

  it('sees the separator where there is no prefix', () => {
    expect(oldNamespaceOf([map(['Sent', 'Sent'], ['A.B', 'A/B'], ['INBOX.C', 'INBOX/C'])])).toEqual({
      prefix: '',
      separator: '.',
    })
    expect(oldNamespaceOf([map(['A/B', 'A/B'])])).toEqual({ prefix: '', separator: '/' })
  })

  it('says nothing where nothing can be said', () => {
    for (const maps of [[], [map(['INBOX', 'INBOX'])], [map(['Sent', 'Sent'])], [map(['A.B', 'A.B'])]])
      expect(oldNamespaceOf(maps)).toBeUndefined()
    // Two characters would fit.
    expect(oldNamespaceOf([map(['A.B/C', 'x/y'])])).toBeUndefined()
  })
})
