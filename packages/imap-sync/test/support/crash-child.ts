import process from 'node:process'
import { openFileState, syncMailbox, type SyncMailbox } from '../../src/index.ts'

// A process of its own that copies one mailbox, to be killed in the middle. Its task comes on stdin as JSON.

export type CrashTask = Omit<SyncMailbox, 'state' | 'shared'> & { readonly stateFile: string }

let input = ''
for await (const chunk of process.stdin) input += String(chunk)
const { stateFile, ...mailbox }: CrashTask = JSON.parse(input)
await using state = await openFileState(stateFile)
const report = await syncMailbox({ ...mailbox, state }, { timeouts: { backoffMs: 5, settleMs: 200 } })
process.stdout.write(JSON.stringify(report.totals))
