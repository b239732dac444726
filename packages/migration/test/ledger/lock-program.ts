// Takes a domain's lock, says so, and keeps it until stdin ends: node lock-program.ts WORKDIR DOMAIN COMMAND
import { once } from 'node:events'
import { DomainLockedError } from '../../src/ledger/lock.ts'
import { openLedger } from '../../src/ledger/ledger.ts'

const [workDir = '', domain = '', command = ''] = process.argv.slice(2)
await using ledger = await openLedger(workDir)
try {
  await using lock = await ledger.lockDomain(domain, { command })
  process.stdout.write(`locked ${lock.holder.pid}\n`)
  process.stdin.resume()
  await once(process.stdin, 'end')
} catch (error) {
  if (!(error instanceof DomainLockedError)) throw error
  process.stdout.write(`refused ${error.holder.pid} ${error.holder.command}\n`)
}
