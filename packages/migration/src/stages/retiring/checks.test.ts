import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { ExportFolder } from '../exporting/export-folder.ts'
import { chooseSample, type DomainArchives } from './backup-checks.ts'
import { DAY_MS, judgeLogins } from './checks.ts'

const now = new Date('2026-06-30T12:00:00Z')
const ago = (days: number): Date => new Date(now.getTime() - days * DAY_MS)

describe('judgeLogins', () => {
  it('is a no without a log', () => {
    expect(judgeLogins(undefined, undefined, 30, now)).toMatchObject({ ok: false })
    expect(judgeLogins(undefined, 'It cannot be read.', 30, now)).toMatchObject({
      ok: false,
      message: 'It cannot be read.',
    })
  })

  it('is a no while somebody logs in, and names him', () => {
    const mailboxes = new Map([['anna@example.at', new Map([['pop3' as const, ago(3)]])]])
    const found = judgeLogins({ reachesBackTo: ago(60), mailboxes }, undefined, 30, now)
    expect(found).toMatchObject({ ok: false, evidence: [expect.stringContaining('anna@example.at pop3')] })
  })

  it('is a no when the log does not reach back far enough to tell', () => {
    expect(judgeLogins({ mailboxes: new Map() }, undefined, 30, now).ok).toBe(false)
    expect(judgeLogins({ reachesBackTo: ago(29), mailboxes: new Map() }, undefined, 30, now).ok).toBe(false)
  })

  it('is a yes when the last login is long ago', () => {
    const mailboxes = new Map([['anna@example.at', new Map([['imap' as const, ago(31)]])]])
    expect(judgeLogins({ reachesBackTo: ago(31), mailboxes }, undefined, 30, now).ok).toBe(true)
  })
})

const folder = await ExportFolder.root(tmpdir())
const domain = (name: string, ...messages: readonly number[]): DomainArchives => ({
  domain: name,
  folder,
  archives: messages.map((count, index) => ({
    schema: 'mailmove.archive-index/1',
    mailbox: `${index}@${name}`,
    at: now.toISOString(),
    folders: 1,
    messages: count,
    bytes: count,
    notices: 0,
    unreadable: 0,
    refusedFolders: [],
    fileBytes: 1,
    sha256: '',
  })),
})

describe('chooseSample', () => {
  it('takes one of each domain, and as many as it needs for 400 messages', () => {
    for (const chance of [(): number => 0, (below: number): number => below - 1]) {
      const sample = chooseSample([domain('a.at', 100, 150), domain('b.at', 10, 0, 300, 90)], chance)
      expect(new Set(sample.map(({ of }) => of.domain))).toEqual(new Set(['a.at', 'b.at']))
      expect(sample.reduce((sum, { index }) => sum + index.messages, 0)).toBeGreaterThanOrEqual(400)
      expect(new Set(sample.map(({ index }) => index.mailbox)).size).toBe(sample.length)
    }
  })

  it('takes all there is when there is less', () => {
    expect(chooseSample([domain('a.at', 1, 2), domain('b.at', 0)])).toHaveLength(3)
    expect(chooseSample([])).toEqual([])
  })
})
