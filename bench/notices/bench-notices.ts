import { cpus } from 'node:os'
import process from 'node:process'
import {
  composeMessage,
  type HandOverData,
  loadTemplates,
  newMessageId,
  renderNotice,
  type RenderedNotice,
  sampleData,
} from '../../packages/notify/src/index.ts'
import { readyDomain } from './announce-pass.ts'

export interface NoticesBenchOptions {
  readonly notices: number
}

/** One part of the work, over all notices. CPU seconds are of this process, whatever else runs on the machine. */
interface NoticesPass {
  readonly name: string
  readonly count: number
  readonly seconds: number
  readonly cpuSeconds: number
  readonly bytes: number
  /** The highest resident memory of the process until the end of this pass. */
  readonly peakMiB: number
}

export interface NoticesBenchReport {
  readonly schema: 'mailmove.bench.notices/1'
  readonly machine: string
  readonly options: NoticesBenchOptions
  readonly passes: readonly NoticesPass[]
}

/** Hand-over mails to as many different mailboxes, each with its own password, script and address book. */
export async function benchNotices(options: NoticesBenchOptions): Promise<NoticesBenchReport> {
  const { notices } = options
  const passes: NoticesPass[] = []
  const pass = async (name: string, count: number, work: () => Promise<number>): Promise<void> => {
    const cpu = process.cpuUsage()
    const begun = performance.now()
    const bytes = await work()
    const { user, system } = process.cpuUsage(cpu)
    passes.push({
      name,
      count,
      seconds: (performance.now() - begun) / 1000,
      cpuSeconds: (user + system) / 1e6,
      bytes,
      peakMiB: process.resourceUsage().maxRSS / 1024,
    })
  }

  let templates = await loadTemplates()
  await pass('load templates', 1, async () => {
    templates = await loadTemplates()
    return 0
  })
  const render = (index: number): RenderedNotice =>
    renderNotice(templates, {
      kind: 'hand-over',
      language: index % 4 === 0 ? 'en' : 'de',
      data: handOver(index),
    })
  await pass('render', notices, async () => {
    let bytes = 0
    for (let index = 0; index < notices; index += 1) {
      const { text, html } = render(index)
      bytes += text.length + html.length
    }
    return bytes
  })
  const script = Buffer.from('require "fileinto";\nif true { keep; }\n'.repeat(50))
  const book = Buffer.from('BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Anna\r\nEND:VCARD\r\n'.repeat(500))
  await pass('render and compose', notices, async () => {
    let bytes = 0
    for (let index = 0; index < notices; index += 1) {
      const rendered = render(index)
      const to = `user${index}@example.at`
      const message = await composeMessage({
        rendered,
        from: 'ITEG <admin@iteg.example>',
        to,
        messageId: newMessageId(['example.at', to, rendered.kind, rendered.version], 'iteg.example'),
        date: new Date('2026-11-30T19:15:00Z'),
        attachments: [
          { fileName: 'roundcube.sieve', contentType: 'application/sieve', content: script },
          { fileName: 'personal.vcf', contentType: 'text/vcard; charset=utf-8', content: book },
        ],
      })
      bytes += message.length
    }
    return bytes
  })
  await using ready = await readyDomain(notices)
  await pass('announce: into old mailboxes', notices, () => ready.announce())
  const [cpu] = cpus()
  return {
    schema: 'mailmove.bench.notices/1',
    machine: `${cpus().length} × ${cpu?.model ?? 'CPU'}, Node ${process.version}`,
    options,
    passes,
  }
}

function handOver(index: number): HandOverData {
  const data = sampleData('hand-over')
  return {
    ...data,
    mailbox: { ...data.mailbox, address: `user${index}@example.at`, name: `Person ${index}` },
    password: `Wald-Lampe-7-${index}`,
    usesPop3: index % 5 === 0,
    forwards: index % 3 === 0 ? data.forwards : [],
  }
}
