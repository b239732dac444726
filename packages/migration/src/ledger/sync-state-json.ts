import type { Checkpoint, FolderStatus, UidRange } from '@iteg/imap-sync'
import { z } from 'zod'
import { parseJson } from './json.ts'

const folderStatus: z.ZodType<FolderStatus> = z.object({
  uidValidity: z.number(),
  uidNext: z.number(),
  messages: z.number(),
  highestModseq: z.string().exactOptional(),
  size: z.number().exactOptional(),
})

const checkpoint: z.ZodType<Checkpoint> = z.object({
  source: folderStatus,
  target: folderStatus,
  excluded: z.record(z.string(), z.number()),
  rules: z.string(),
  remembered: z.object({ delivered: z.number(), setAside: z.number() }).exactOptional(),
})

const uidRanges: z.ZodType<UidRange[]> = z.array(z.object({ first: z.number(), last: z.number() }))

export function parseCheckpoint(text: string): Checkpoint {
  return parseJson(checkpoint, text, 'a checkpoint')
}

export function parseUidRanges(text: string): UidRange[] {
  return parseJson(uidRanges, text, 'the UIDs of a batch')
}
