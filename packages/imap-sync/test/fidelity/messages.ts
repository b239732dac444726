import { byteCases, lineCases } from './messages/bytes.ts'
import { dateFieldCases, headerCases } from './messages/headers.ts'
import { damagedKeywordCases, flagCases, sentDateCases, storedDateCases } from './messages/marks.ts'
import { encodingCases, structureCases } from './messages/mime.ts'
import { protocolCases } from './messages/protocol.ts'
import { likenessCases, shapeCases, sizeCases } from './messages/shapes.ts'
import type { MessageGroup } from './message-case.ts'

/** Every awkward message, by the folder that it lies in. */
export const messageGroups: readonly MessageGroup[] = [
  { folder: 'Bytes', deliver: 'disk', cases: byteCases },
  { folder: 'Lines', deliver: 'disk', cases: lineCases },
  { folder: 'Protocol', deliver: 'disk', cases: protocolCases },
  { folder: 'Headers', deliver: 'disk', cases: headerCases },
  { folder: 'Date fields', deliver: 'disk', cases: dateFieldCases },
  { folder: 'Shapes', deliver: 'disk', cases: shapeCases },
  { folder: 'Likeness', deliver: 'disk', cases: likenessCases },
  { folder: 'Structure', deliver: 'disk', cases: structureCases },
  { folder: 'Encodings', deliver: 'disk', cases: encodingCases },
  { folder: 'Sizes', deliver: 'disk', cases: sizeCases },
  { folder: 'Stored dates', deliver: 'disk', cases: storedDateCases },
  { folder: 'Damaged keywords', deliver: 'disk', cases: damagedKeywordCases },
  { folder: 'Flags', deliver: 'append', cases: flagCases },
  { folder: 'Sent dates', deliver: 'append', cases: sentDateCases },
]
