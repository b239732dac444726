// Writes what it has read before, again and again: node write-program.ts WORKDIR DOMAIN TIMES
import { openLedger } from '../../src/ledger/ledger.ts'

const [workDir = '', domain = '', times = ''] = process.argv.slice(2)
await using ledger = await openLedger(workDir)
process.stdout.write('ready\n')
for (let time = 0; time < Number(times); time += 1)
  await ledger.mailboxes.record(domain, [{ address: `user-${time}@${domain}`, active: true }])
process.stdout.write('done\n')
