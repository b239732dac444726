import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findArrivals, startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { probeRecipients, sendProbe } from '../src/index.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const known = Array.from({ length: 250 }, (_, index) => `alias${index}@example.at`)
const unknown = Array.from({ length: 250 }, (_, index) => `nobody${index}@example.at`)

let bed: Testbed
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mailmove-probe-'))
  const file = path.join(folder, 'inventory.yaml')
  const aliases = known.map((address) => ({ address, targets: ['anna@example.at'] }))
  const domain = { domain: 'example.at', mailboxes: [{ address: 'anna@example.at' }], aliases }
  await writeFile(file, JSON.stringify({ domains: [domain] }))
  bed = await startTestbed({ only: ['smtp'], inventory: file })
})
afterAll(async () => {
  await bed.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('a real Postfix', () => {
  it('is asked for 500 addresses, every second of which it refuses: each has its own verdict, in order', async () => {
    const mixed = known.flatMap((address, index) => [address, unknown[index] ?? ''])
    const verdicts = await probeRecipients(bed.old.postfix.smtp, mixed)
    expect(verdicts.map(({ address }) => address)).toEqual(mixed)
    expect(verdicts.filter(({ verdict }) => verdict === 'accepted').map(({ address }) => address)).toEqual(
      known,
    )
    const refused = verdicts.filter(({ verdict }) => verdict === 'refused')
    expect(refused.map(({ address }) => address)).toEqual(unknown)
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set([550]))
  })

  it('never ends a session over it, and gets no message', async () => {
    await probeRecipients(bed.old.postfix.smtp, unknown.slice(0, 60))
    await probeRecipients(bed.old.postfix.smtp, known)
    const log = await bed.old.postfix.log()
    expect(log).not.toMatch(/too many errors|lost connection/)
    expect(log).not.toContain('postfix/cleanup')
    expect(await bed.old.postfix.queue()).toEqual([])
  })

  it('takes one message where it is meant to, dots and all', async () => {
    const message = {
      to: 'alias7@example.at',
      messageId: '1@probe.example',
      subject: 'probe',
      text: '.\n..x\n.',
    }
    await sendProbe(bed.old.postfix.smtp, message)
    await bed.settled()
    expect(await findArrivals(bed, 'Message-ID')).toMatchObject([
      { value: '<1@probe.example>', at: 'old', address: 'anna@example.at', returned: false },
    ])
    await expect(
      sendProbe(bed.old.postfix.smtp, { ...message, to: 'nobody1@example.at' }),
    ).rejects.toMatchObject({
      code: 'smtp_refused',
      message: expect.stringContaining('550'),
    })
    await expect(
      sendProbe(bed.old.postfix.smtp, { ...message, subject: 'x\r\nBcc: y' }),
    ).rejects.toMatchObject({
      code: 'smtp_refused',
    })
  })

  it('that is not there is an error, not a verdict', async () => {
    await expect(probeRecipients({ host: '127.0.0.1', port: 1 }, known)).rejects.toMatchObject({
      code: 'smtp_unreachable',
    })
    await expect(probeRecipients(bed.old.postfix.smtp, ['a>b@example.at'])).rejects.toMatchObject({
      code: 'smtp_unreachable',
    })
  })
})
