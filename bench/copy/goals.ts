import type { BenchReport, Figure, Pass } from './bench-copy.ts'
import { median } from './measure.ts'

/** How many times as fast as each other one, by corpus. */
const plain: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  A: { imapsync: 18, mbsync: 12, dsync: 2.2 },
  B: { imapsync: 6.5, mbsync: 3, dsync: 1.5 },
  C: { imapsync: 4.5, mbsync: 1.3, dsync: 1.5 },
}
const withTls: typeof plain = {
  A: { dsync: 2 },
  B: { dsync: 1.2, mbsync: 2 },
  C: { dsync: 1, mbsync: 1.1 },
}
const asMailcow: typeof plain = { B: { dsync: 1.7 } }

const relayTimes = 1.3
const againSeconds = 0.25
const peakMegabytes = 200

/** What was wanted of mailmove, and whether it came out so. Only what was measured is judged. */
export function goalLines(report: BenchReport): string[] {
  const { options, figures, scenarioFigures } = report
  const lines: string[] = []
  const judge = (isMet: boolean, text: string): void => {
    lines.push(`${isMet ? 'met   ' : 'MISSED'} ${text}`)
  }
  const goals = options.storage === 'as-mailcow' ? asMailcow : options.tls ? withTls : plain
  for (const corpus of options.corpora) {
    const of = (contender: string, pass: Pass): readonly Figure[] =>
      figures.filter((one) => one.corpus === corpus && one.contender === contender && one.pass === pass)
    const seconds = (contender: string, pass: Pass): number =>
      median(of(contender, pass).map((one) => one.seconds))
    const own = seconds('mailmove', 'full')
    if (Number.isNaN(own)) continue
    for (const [peer, times] of Object.entries(goals[corpus] ?? {})) {
      const ratio = seconds(peer, 'full') / own
      if (!Number.isNaN(ratio))
        judge(ratio >= times, `${corpus}: ${ratio.toFixed(2)} times ${peer} (wanted: ${times})`)
    }
    const relay = own / seconds('relay', 'full')
    if (!Number.isNaN(relay))
      judge(relay <= relayTimes, `${corpus}: within ${relay.toFixed(2)} of the relay (wanted: ${relayTimes})`)
    const again = seconds('mailmove', 'again')
    judge(again <= againSeconds, `${corpus}: nothing new in ${again.toFixed(2)} s (wanted: ${againSeconds})`)
    const cpu = (contender: string): number =>
      median(of(contender, 'again').map(({ serverSeconds }) => serverSeconds))
    if (!Number.isNaN(cpu('mbsync')))
      judge(
        cpu('mailmove') <= cpu('mbsync'),
        `${corpus}: nothing new costs the servers ${cpu('mailmove').toFixed(2)} s (mbsync: ${cpu('mbsync').toFixed(2)})`,
      )
    if (corpus === 'A')
      for (const peer of ['mbsync', 'dsync', 'imapsync']) {
        const [mine, theirs] = [seconds('mailmove', 'delta'), seconds(peer, 'delta')]
        if (!Number.isNaN(theirs))
          judge(mine < theirs, `A: 1 % new in ${mine.toFixed(2)} s (${peer}: ${theirs.toFixed(2)})`)
      }
    const peak = Math.max(...of('mailmove', 'full').map((one) => one.peakMegabytes ?? 0))
    judge(peak <= peakMegabytes, `${corpus}: ${Math.round(peak)} MB at most (wanted: ${peakMegabytes})`)
  }
  for (const { scenario, contender, seconds, peakMegabytes: peak = 0 } of scenarioFigures) {
    if (contender !== 'mailmove') continue
    judge(peak <= peakMegabytes, `${scenario}: ${Math.round(peak)} MB at most (wanted: ${peakMegabytes})`)
    if (scenario === 'huge') judge(seconds < 1, `huge: nothing new in ${seconds.toFixed(2)} s (wanted: 1)`)
    if (scenario !== 'fifty') continue
    for (const other of scenarioFigures)
      if (other.scenario === scenario && other.contender !== contender)
        judge(
          seconds < other.seconds,
          `fifty: ${seconds.toFixed(2)} s (${other.contender}, four at once: ${other.seconds.toFixed(2)})`,
        )
  }
  return lines
}
