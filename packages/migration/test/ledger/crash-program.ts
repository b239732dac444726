// Takes one step after the other and tells each that is done: node crash-program.ts WORKDIR FIRST-STEP
import { writeSync } from 'node:fs'
import { openLedger } from '../../src/ledger/ledger.ts'
import { DOMAIN, takeStep } from './crash-steps.ts'

const [workDir = '', first = ''] = process.argv.slice(2)
const ledger = await openLedger(workDir)
await using _ = await ledger.lockDomain(DOMAIN, { command: `from step ${first}` })
for (let step = Number(first); ; step += 1) {
  await takeStep(ledger, step)
  // At once and to the end: what is told is what was durable before.
  writeSync(1, `${step}\n`)
}
