import Table from 'cli-table3'
import type { BenchReport, Figure, Pass } from './bench-copy.ts'
import { goalLines } from './goals.ts'
import { median } from './measure.ts'
import { scenarios } from './scenarios.ts'

const passes: readonly Pass[] = ['full', 'again', 'delta']

/** Medians with minimum and maximum, and how many times mailmove's median each other one is. */
export function figures(report: BenchReport): string {
  const { machine, options } = report
  const { tls, storage, rounds } = options
  const lines = [
    `${machine}; ${rounds} rounds; ${tls ? 'TLS on both legs' : 'plain TCP'}; storage ${storage}; whole-process seconds`,
  ]
  for (const corpus of options.corpora) {
    const of = (contender: string, pass: Pass): Figure[] =>
      report.figures.filter(
        (figure) => figure.corpus === corpus && figure.contender === contender && figure.pass === pass,
      )
    const names = [
      ...new Set(report.figures.filter((f) => f.corpus === corpus).map(({ contender }) => contender)),
    ]
    const table = new Table({
      head: [
        corpus,
        ...passes.flatMap((pass) => [pass, 'times']),
        'servers’ CPU, again',
        'peak MB',
        'identical',
        'others',
      ],
      style: { head: [], border: [] },
    })
    for (const name of names.toSorted((a, b) => middle(of(a, 'full')) - middle(of(b, 'full')))) {
      const arrived = report.arrived.find((one) => one.corpus === corpus && one.contender === name)
      table.push([
        name,
        ...passes.flatMap((pass) => {
          const own = middle(of('mailmove', pass))
          const measured = of(name, pass)
          return measured.length === 0 ? ['', ''] : [spread(measured), ratio(middle(measured), own)]
        }),
        serverCpu(of(name, 'again')),
        String(Math.round(Math.max(0, ...of(name, 'full').map(({ peakMegabytes = 0 }) => peakMegabytes)))),
        arrived === undefined ? '' : `${arrived.identical} of ${arrived.expected}`,
        arrived === undefined ? '' : String(arrived.others),
      ])
    }
    lines.push(table.toString())
  }
  for (const { name, title } of scenarios) {
    const rows = report.scenarioFigures.filter((figure) => figure.scenario === name)
    if (rows.length === 0) continue
    const table = new Table({ head: [title, 'seconds', 'peak MB'], style: { head: [], border: [] } })
    for (const { contender, seconds, peakMegabytes = 0 } of rows)
      table.push([contender, seconds.toFixed(2), String(Math.round(peakMegabytes))])
    lines.push(table.toString())
  }
  lines.push(...goalLines(report))
  return `${lines.join('\n')}\n`
}

function serverCpu(measured: readonly Figure[]): string {
  if (measured.length === 0) return ''
  return median(measured.map(({ serverSeconds }) => serverSeconds)).toFixed(2)
}

function middle(measured: readonly Figure[]): number {
  return median(measured.map(({ seconds }) => seconds))
}

function spread(measured: readonly Figure[]): string {
  const seconds = measured.map((figure) => figure.seconds)
  return `${middle(measured).toFixed(2)} (${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)})`
}

function ratio(value: number, own: number): string {
  return Number.isNaN(own) ? '' : (value / own).toFixed(2)
}
