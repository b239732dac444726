// npm run bench -- copy [--quick] [--corpus A,B,C] [--scenarios …] [--with mailmove,relay,…] [--rounds 5] [--tls] [--storage as-mailcow] [--json]
// npm run bench -- api [--mailboxes 500] [--domains 50] [--json]
// npm run bench -- ledger [--domains 300] [--mailboxes 5000] [--messages 20000000] [--json]
// npm run bench -- notices [--notices 2000] [--json]
import process from 'node:process'
import { parseArgs } from 'node:util'
import type { CorpusName } from '../packages/testbed/src/index.ts'
import { benchApi } from './api/bench-api.ts'
import { apiFigures } from './api/figures.ts'
import { benchCopy } from './copy/bench-copy.ts'
import { contenderNames } from './copy/contenders.ts'
import { scenarios } from './copy/scenarios.ts'
import { benchLedger } from './ledger/bench-ledger.ts'
import { ledgerFigures } from './ledger/figures.ts'
import { benchNotices } from './notices/bench-notices.ts'
import { noticesFigures } from './notices/figures.ts'

const usage = `usage: npm run bench -- copy | api | notices | ledger [options]

  copy   one mailbox, old Dovecot to new Dovecot, each contender in turn into a mailbox of its own: all mail,
         nothing new, and 1 % new mail and changed flags. What arrived is compared.

  --quick            one round, imapsync not where it takes minutes, the largest folder smaller: ten minutes in all
  --corpus A,B,C     A: 20,000 small messages, B: an office worker's 3,000, C: 60 huge ones (default: A,B,C)
  --scenarios LIST   fifty mailboxes, a large message, eight mailboxes at once, a huge folder with nothing new:
                     ${scenarios.map(({ name }) => name).join(', ')}, or none (default: all with plain TCP and storage)
  --with LIST        ${contenderNames.join(', ')} (default: all that this machine has)
  --rounds N         rounds, in rotated order (default: 5; imapsync at most 3)
  --tls              TLS on both legs (default: plain TCP)
  --storage KIND     plain | as-mailcow: the new side encrypts and compresses as mailcow does (default: plain)
  --json             one JSON document with every single figure

mailmove is measured as its users run it: built, with its default settings (npm run build comes first).
mbsync: Debian's package isync. imapsync: set IMAPSYNC to its script. relay: a C compiler (cc).

  api    provisions many small domains on the mailcow double, then once more with nothing left to do: calls per
         second and per mailbox. Reads must not grow with the mailboxes: lists are asked for once for a domain.

  --mailboxes N      in all (default: 500)
  --domains N        which they are spread over (default: 50)
  --json             one JSON document

  notices  renders and composes hand-over mails, each for another mailbox, then puts them into as many mailboxes of a
           real Dovecot (announce): how many a second, and how much memory.

  --notices N        how many (default: 2000)
  --json             one JSON document

  ledger   makes the ledger of a large move and asks it what admins ask: status, the pages, the report. Says how long
           each takes, and how large the ledger is for a message.

  --domains N        how many (default: 300)
  --mailboxes N      in all (default: 5000)
  --messages N       in all (default: 20000000)
  --json             one JSON document
`

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      corpus: { type: 'string', default: 'A,B,C' },
      with: { type: 'string' },
      scenarios: { type: 'string' },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      tls: { type: 'boolean', default: false },
      storage: { type: 'string', default: 'plain' },
      mailboxes: { type: 'string' },
      domains: { type: 'string' },
      messages: { type: 'string', default: '20000000' },
      notices: { type: 'string', default: '2000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) process.stdout.write(usage)
  else if (positionals.join(' ') === 'api') {
    const mailboxes = Number(values.mailboxes ?? 500)
    const domains = Number(values.domains ?? 50)
    if (!Number.isInteger(domains) || domains < 1 || !Number.isInteger(mailboxes) || mailboxes < domains)
      throw new Error('--mailboxes and --domains are numbers, with a mailbox for each domain at least')
    const report = await benchApi({ domains, mailboxes })
    process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : apiFigures(report))
  } else if (positionals.join(' ') === 'ledger') {
    const [domains, mailboxes, messages] = [
      Number(values.domains ?? 300),
      Number(values.mailboxes ?? 5000),
      Number(values.messages),
    ]
    if (![domains, mailboxes, messages].every((number) => Number.isInteger(number) && number > 0))
      throw new Error('--domains, --mailboxes and --messages are numbers of at least 1')
    const report = await benchLedger({ domains, mailboxes, messages })
    process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : ledgerFigures(report))
  } else if (positionals.join(' ') === 'notices') {
    const notices = Number(values.notices)
    if (!Number.isInteger(notices) || notices < 1) throw new Error('--notices is a number of at least 1')
    const report = await benchNotices({ notices })
    process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : noticesFigures(report))
  } else {
    if (positionals.join(' ') !== 'copy') throw new Error('the benchmarks are: copy, api, notices, ledger')
    const rounds = Number(values.rounds ?? (values.quick ? 1 : 5))
    if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds is a number of at least 1')
    const corpora = values.corpus
      .split(',')
      .filter((name) => name !== 'none')
      .map((name): CorpusName => {
        if (name === 'A' || name === 'B' || name === 'C') return name
        throw new Error(`${name} is no corpus: A, B or C`)
      })
    const { storage } = values
    if (storage !== 'plain' && storage !== 'as-mailcow') throw new Error('--storage is plain or as-mailcow')
    const wanted = values.with?.split(',')
    const unknown = wanted?.find((name) => !contenderNames.includes(name))
    if (unknown !== undefined) throw new Error(`${unknown} is none of ${contenderNames.join(', ')}`)
    const { quick, tls } = values
    const usual = tls || storage !== 'plain' ? 'none' : scenarios.map(({ name }) => name).join(',')
    const named = (values.scenarios ?? usual).split(',').filter((name) => name !== 'none')
    const chosen = scenarios.filter(({ name }) => named.includes(name)).map(({ name }) => name)
    if (chosen.length !== named.length) throw new Error(`${named.join(', ')}: not all of these are scenarios`)
    const report = await benchCopy({
      corpora,
      rounds,
      storage,
      tls,
      quick,
      scenarios: chosen,
      ...(wanted && { wanted }),
    })
    if (values.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  }
} catch (error) {
  process.stderr.write(
    `${error instanceof Error ? error.message : String(error)}\n(npm run bench -- --help)\n`,
  )
  process.exitCode = 2
}
