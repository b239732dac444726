import type { DnsPlan, RecordSet } from '@iteg/cutover'
import { describe, expect, it } from 'vitest'
import { joinSwitch, keptSwitch } from './kept-switch.ts'

const mx = (exchange: string): RecordSet => ({
  name: 'example.at',
  type: 'MX',
  ttl: 300,
  records: [{ type: 'MX', preference: 10, exchange }],
})
const alias: RecordSet = {
  name: 'autoconfig.example.at',
  type: 'CNAME',
  ttl: 300,
  records: [{ type: 'CNAME', target: 'mail.new.example' }],
}
const plan = (...changes: readonly [before: RecordSet | undefined, after: RecordSet][]): DnsPlan => ({
  zone: 'example.at',
  domain: 'example.at',
  phase: 'switch',
  changes: changes.map(([before, after]) => ({
    name: after.name,
    type: after.type,
    before,
    after,
    reason: 'r.',
  })),
  kept: [],
  problems: [],
  waitSeconds: 0,
})
const first = plan([mx('old.example'), mx('mail.new.example')], [undefined, alias])

describe('what is kept of the switch', () => {
  it('comes back from the ledger as it was', () => {
    // The ledger's JSON writes null for what is absent.
    const stored: unknown = JSON.parse(
      JSON.stringify({ plans: [first] }, (_key, value: unknown) => value ?? null),
    )
    expect(keptSwitch(stored)).toEqual([first])
    expect(keptSwitch(undefined)).toBeUndefined()
    expect(keptSwitch({ until: 'x' })).toBeUndefined()
  })

  it('survives a run that was killed after the records were written: the next one finds nothing to change', () => {
    expect(joinSwitch([first], [plan()])).toEqual([first])
  })

  it('leads back to what stood there before the first try', () => {
    const [joined] = joinSwitch([first], [plan([mx('mail.new.example'), mx('mail2.new.example')])])
    expect(joined?.changes).toMatchObject([
      { name: 'autoconfig.example.at', before: undefined, after: alias },
      { name: 'example.at', before: mx('old.example'), after: mx('mail2.new.example') },
    ])
  })

  it('is the plan itself at the first try', () => {
    expect(joinSwitch([], [first])).toEqual([first])
  })
})
