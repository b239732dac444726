import { startProxy, startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startLateServer } from './support/late-server.ts'
import { missingSets, startLesserServer, type Missing } from './support/lesser-server.ts'
import { letter } from './support/mailbox.ts'
import { MailboxPair } from './support/pair.ts'
import { Chance } from './support/schedule.ts'
import { startRewritingServer } from './support/scripted-server.ts'

// Targets that lack what makes copying fast: each combination copies every message exactly once, also when it is cut off.

let bed: Testbed

beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
})

afterAll(() => bed.stop())

/** Twins among them, on both sides of 4096 bytes, and some that are out of the ordinary. */
const letters = Array.from({ length: 90 }, (_, index) => ({
  text: letter(`letter ${index % 80}`, 'x'.repeat((index * 397) % 9000)),
  flags: index % 10 === 0 ? ['\\Seen', '$MDNSent'] : ['\\Flagged'],
}))

function largestAhead(missing: readonly Missing[]): number {
  if (missing.includes('LITERAL+')) return 0
  return missing.includes('LITERAL+ but LITERAL-') ? 4096 : Number.POSITIVE_INFINITY
}

const moments = ['arrived', 'midway', 'sent', 'answered'] as const

describe.each(missingSets.map((missing) => ({ missing, name: missing.join(', ') || 'nothing' })))(
  'a target that lacks $name',
  ({ missing }) => {
    test('gets every message once, as it can take it', async () => {
      await using pair = await MailboxPair.make(bed)
      await using lesser = await startLesserServer(bed.new.imap, missing)
      await using proxy = await startProxy({ target: lesser })
      await pair.old.append('INBOX', letters)
      const target = { ...pair.target, server: { ...pair.target.server, port: proxy.port } }
      const report = await pair.sync({ target, limits: { lanes: 2, batchMessages: 40 } })
      expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 90 } })
      expect((await pair.fresh.contents())['INBOX']).toEqual((await pair.old.contents())['INBOX'])
      const appends = proxy.commands().filter(({ name }) => name === 'APPEND')
      expect(appends.length).toBeGreaterThanOrEqual(missing.includes('MULTIAPPEND') ? 90 : 3)
      const ahead = appends.flatMap(({ line }) => /\{(\d+)\+\}/.exec(line)?.slice(1).map(Number) ?? [])
      expect(Math.max(0, ...ahead)).toBeLessThanOrEqual(largestAhead(missing))
      expect(ahead.length > 0).toBe(largestAhead(missing) > 0)
      expect(await pair.sync({ target })).toMatchObject({ totals: { copied: 0, alreadyThere: 90 } })
    })

    test.each(moments)('and when the connection is cut: %s', async (when) => {
      const index = moments.indexOf(when)
      const chance = new Chance(1000 + index)
      await using pair = await MailboxPair.make(bed)
      await using lesser = await startLesserServer(bed.new.imap, missing)
      await using proxy = await startProxy({ target: lesser })
      await pair.old.append('INBOX', letters.slice(0, 40))
      let cut = false
      const interception = proxy.intercept({
        command: /APPEND/,
        skip: missing.includes('MULTIAPPEND') ? chance.below(30) : chance.below(3),
        when,
        action: 'cut',
        ...(when === 'midway' ? { bytes: chance.below(200) } : {}),
      })
      const noteCut = (): void => {
        cut = true
      }
      void interception.happened.then(noteCut)
      const target = { ...pair.target, server: { ...pair.target.server, port: proxy.port } }
      // Sent one by one, some have reached the server, which may be at them longer than the other tests wait.
      const settleMs = missing.includes('MULTIAPPEND') ? 3000 : 200
      const limits = { lanes: 1 + (index % 2), batchMessages: 12 }
      const report = await pair.sync({ target, limits }, undefined, { settleMs })
      expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 40 } })
      expect(cut).toBe(true)
      expect((await pair.fresh.contents())['INBOX']).toEqual((await pair.old.contents())['INBOX'])
      expect(await pair.sync({ target })).toMatchObject({ totals: { copied: 0 } })
    })
  },
)

test('what the server stores after it was looked for, of those sent one by one, is not there twice in the end', async () => {
  await using pair = await MailboxPair.make(bed)
  await using lesser = await startLesserServer(bed.new.imap, ['MULTIAPPEND'])
  await using late = await startLateServer(lesser.port)
  await pair.old.append(
    'INBOX',
    // More than fits between the two: when it is cut off, most of it has not left yet.
    Array.from({ length: 20 }, (_, index) => ({ text: letter(`${index}`, 'x'.repeat(200_000)) })),
  )
  const target = { ...pair.target, server: { ...pair.target.server, port: late.port } }
  const report = await pair.sync({ target, limits: { lanes: 1 } })
  expect(late.storedLate()).toBe(2)
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 20 } })
  expect((await pair.fresh.contents())['INBOX']).toEqual((await pair.old.contents())['INBOX'])
})

test('one message that is refused does not stop those that are sent one by one around it', async () => {
  await using small = await startTestbed({
    only: ['imap'],
    newSettings: 'plugin {\n  quota_max_mail_size = 20k\n}',
  })
  await using pair = await MailboxPair.make(small)
  await using lesser = await startLesserServer(small.new.imap, ['MULTIAPPEND'])
  const sizes = [100, 100, 50_000, 100, 60_000, 100]
  await pair.old.append(
    'INBOX',
    sizes.map((size, index) => ({ text: letter(`${index}`, 'x'.repeat(size)) })),
  )
  const target = { ...pair.target, server: { ...pair.target.server, port: lesser.port } }
  const report = await pair.sync({ target })
  expect(report.totals).toMatchObject({ copied: 4, setAside: 2 })
})

test.each(['capability', 'STATUS'])(
  'APPENDLIMIT as %s: what is larger is set aside and not tried',
  async (where) => {
    await using pair = await MailboxPair.make(bed)
    const capability = where === 'STATUS' ? ' APPENDLIMIT' : ' APPENDLIMIT=30000'
    await using limited = await startRewritingServer(
      bed.new.imap,
      / MULTIAPPEND(?=[\] \r])|\* STATUS (\S+) \(RECENT \d+\)/g,
      (found) =>
        found.startsWith('* STATUS')
          ? found.replace(/RECENT \d+/, 'APPENDLIMIT 30000')
          : `${found}${capability}`,
      // Who has said it in the capability need not know it as an item of STATUS (Cyrus 3.6 does not).
      (said) => (where === 'STATUS' ? said.replace('(APPENDLIMIT)', '(RECENT)') : said),
    )
    await using proxy = await startProxy({ target: { host: '127.0.0.1', port: limited.port } })
    const sizes = [100, 29_000, 40_000, 100, 2_000_000, 100]
    await pair.old.append(
      'INBOX',
      sizes.map((size, index) => ({ text: letter(`${index}`, 'x'.repeat(size)) })),
    )
    const target = { ...pair.target, server: { ...pair.target.server, port: proxy.port } }
    const report = await pair.sync({ target })
    expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 4, setAside: 2 } })
    const aside = report.folders.flatMap((folder) => folder.setAside)
    expect(aside.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/has 40\d+ bytes, and the new server takes 30000/),
      expect.stringMatching(/has 20\d+ bytes, and the new server takes 30000/),
    ])
    expect(proxy.bytes().fromClient).toBeLessThan(60_000)
    expect(await pair.sync({ target })).toMatchObject({ totals: { copied: 0, setAside: 2 } })
  },
)

test('a full target stops those that are sent one by one', async () => {
  await using pair = await MailboxPair.make(bed, { quotaBytes: 300_000 })
  await using lesser = await startLesserServer(bed.new.imap, ['MULTIAPPEND'])
  await pair.old.append(
    'INBOX',
    Array.from({ length: 100 }, (_, index) => ({ text: letter(`${index}`, 'x'.repeat(20_000)) })),
  )
  const target = { ...pair.target, server: { ...pair.target.server, port: lesser.port } }
  const report = await pair.sync({ target })
  expect(report).toMatchObject({ outcome: 'incomplete', findings: [{ code: 'overQuota' }] })
  expect(report.totals.copied).toBeGreaterThan(5)
  expect((await pair.fresh.contents())['INBOX']?.length).toBe(report.totals.copied)
})
