import { randomInt } from 'node:crypto'
import type { RecordData, RecordSet, RecordType } from '../record.ts'
import { CLASS, encodeEmpty, encodeQuestion, encodeRecord } from './resource-record.ts'

/** How one set of records changes, under the condition that it still is as it was read. */
export interface SetChange {
  readonly name: string
  readonly type: RecordType
  readonly before: RecordSet | undefined
  readonly after: RecordSet | undefined
}

const OPCODE_UPDATE = 5 << 11

/** One UPDATE for all changes of a zone: all or nothing (RFC 2136 §3.4). Not signed yet. */
export function encodeUpdate(zone: string, changes: readonly SetChange[]): Buffer {
  const prerequisites = changes.flatMap(encodePrerequisites)
  const updates = changes.flatMap(encodeChanges)
  const header = Buffer.alloc(12)
  header.writeUInt16BE(randomInt(0x1_00_00), 0)
  header.writeUInt16BE(OPCODE_UPDATE, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(prerequisites.length, 6)
  header.writeUInt16BE(updates.length, 8)
  return Buffer.concat([header, encodeQuestion(zone, 'SOA'), ...prerequisites, ...updates])
}

function encodePrerequisites({ name, type, before }: SetChange): readonly Buffer[] {
  // RFC 2136 §2.4.3: does not exist. §2.4.2: exists with exactly these data.
  if (before === undefined) return [encodeEmpty(name, type, CLASS.none)]
  return before.records.map((data) => encodeRecord(name, data, CLASS.in, 0))
}

function encodeChanges({ name, type, after }: SetChange): readonly Buffer[] {
  // RFC 2136 §2.5.2: delete the set. §2.5.1: add.
  const add = (data: RecordData, ttl: number): Buffer => encodeRecord(name, data, CLASS.in, ttl)
  const added = after?.records.map((data) => add(data, after.ttl)) ?? []
  return [encodeEmpty(name, type, CLASS.any), ...added]
}
