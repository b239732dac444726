import type { FolderMap, FolderMapEntry } from '@iteg/imap-sync'
import { z } from 'zod'
import { parseJson } from './json.ts'

const nameChange = z.enum([
  'role',
  'merged',
  'separator',
  'control',
  'normalized',
  'empty',
  'tooLong',
  'reserved',
  'collision',
  'undecodable',
])

const entrySchema: z.ZodType<FolderMapEntry> = z.object({
  source: z.string(),
  sourceWire: z.string(),
  target: z.string(),
  targetWire: z.string(),
  role: z.enum(['archive', 'drafts', 'junk', 'sent', 'trash']).exactOptional(),
  selectable: z.boolean(),
  changes: z.array(nameChange).exactOptional(),
})

const restSchema: z.ZodType<Pick<FolderMap, 'collisions' | 'leftOut'>> = z.object({
  collisions: z.array(
    z.object({
      kind: z.enum(['name', 'case']),
      wanted: z.string(),
      entries: z.array(z.object({ source: z.string(), target: z.string() })),
    }),
  ),
  leftOut: z.array(
    z.object({ source: z.string(), sourceWire: z.string(), reason: z.enum(['shared', 'virtual']) }),
  ),
})

export function folderMapEntry(text: string): FolderMapEntry {
  return parseJson(entrySchema, text, 'a folder map')
}

export function folderMapRest(text: string): Pick<FolderMap, 'collisions' | 'leftOut'> {
  return parseJson(restSchema, text, 'a folder map')
}
