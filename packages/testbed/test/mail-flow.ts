import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { createTransport } from 'nodemailer'
import { findArrivals, startTestbed, submit, tenant } from '../src/index.ts'
import type { Endpoint, Testbed, TestbedOptions } from '../src/index.ts'

export const old = (address: string): string => `old ${address}`
export const mailcow = (address: string): string => `new ${address}`
export const outside = (address: string): string => `outside ${address}`
export const bounce = (address: string): string => `bounce ${address}`

/** The domain of these tests, as the old server has it. `old-only` is never made on mailcow. */
const inventory = `domains:
  - domain: example.at
    mailboxes:
      - { address: anna@example.at }
      - { address: bernd@example.at }
      - { address: old-only@example.at }
      - { address: office@example.at }
      - { address: verkauf@example.at }
      - { address: pension@example.at, active: false }
    aliases:
      - { address: info@example.at, targets: [anna@example.at, bernd@example.at] }
      - { address: presse@example.at, targets: [kontakt@agentur.example] }
      - { address: mixed@example.at, targets: [anna@example.at, friend@partner.example] }
      - { address: office@example.at, targets: [office@example.at, buero@partner.example] }
      - { address: verkauf@example.at, targets: [verkauf@vertretung.example] }
      - { address: aus@example.at, targets: [anna@example.at], active: false }
    aliasDomains: [example.co.at]
`

export interface Flow extends AsyncDisposable {
  readonly bed: Testbed
  /** A call of mailcow's API; rejects unless every message of the answer is a success. */
  api(path: string, body: unknown): Promise<void>
  /** Where one message ends that a tenant submits, that comes from outside straight to mailcow, or from a container. */
  ends(route: Route, to: string): Promise<string[]>
  /** Where one message ends that the world sends by MX. */
  endsByMx(to: string, from?: string): Promise<string[]>
}

export type Route = 'tenant' | 'outside' | 'container'
export const routes: readonly Route[] = ['tenant', 'outside', 'container']

export const userPassword = 'Secret-pass-1'

function message(token: string, to: string): string {
  return `From: somebody@outside.example\r\nTo: ${to}\r\nMessage-ID: <${token}@outside.example>\r\nSubject: Servus\r\nX-Token: ${token}\r\n\r\nServus\r\n`
}

export async function startFlow(options: TestbedOptions = {}): Promise<Flow> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mailmove-test-'))
  const file = path.join(folder, 'inventory.yaml')
  writeFileSync(file, inventory)
  const bed = await startTestbed({ only: ['smtp'], inventory: file, ...options })
  rmSync(folder, { recursive: true })
  const settle = async (token: string): Promise<string[]> => {
    await bed.settled()
    const arrivals = await findArrivals(bed, 'X-Token')
    return arrivals
      .filter(({ value }) => value === token)
      .map(({ at, address, returned }) => (returned ? bounce(address) : `${at} ${address}`))
      .toSorted()
  }
  const hand = async (route: Route, to: string, raw: string): Promise<void> => {
    if (route === 'tenant') {
      await submit(bed.new.postfix.submission, { user: tenant.mailbox, password: tenant.password, to, raw })
      return
    }
    const { host } = bed.new.postfix.smtp
    const transport = createTransport({ host, port: route === 'outside' ? 25 : 588, ignoreTLS: true })
    try {
      await transport.sendMail({ envelope: { from: 'sender@outside.example', to: [to] }, raw })
    } finally {
      transport.close()
    }
  }
  return {
    bed,
    api: async (route, body) => {
      const { url, apiKey } = bed.new.mailcow
      const response = await fetch(`${url}/api/v1/${route}`, {
        method: 'POST',
        headers: { 'X-API-Key': apiKey, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      })
      const said = await response.text()
      const entries: readonly { type: string }[] = JSON.parse(said)
      if (entries.some(({ type }) => type !== 'success')) throw new Error(`${route}: ${said}`)
    },
    ends: async (route, to) => {
      const token = randomBytes(6).toString('hex')
      await hand(route, to, message(token, to))
      return settle(token)
    },
    endsByMx: async (to, from) => {
      const token = randomBytes(6).toString('hex')
      await bed.outside.send({ to, raw: message(token, to), ...(from === undefined ? {} : { from }) })
      return settle(token)
    },
    [Symbol.asyncDispose]: () => bed.stop(),
  }
}

/** The domain as it stands on mailcow until the cut-over, with three of its mailboxes. */
export async function stage(flow: Flow, flags: Readonly<Record<string, number>> = {}): Promise<void> {
  await flow.api('add/fwdhost', { hostname: flow.bed.old.postfix.smtp.host, filter_spam: 1 })
  await flow.api('add/domain', {
    domain: 'example.at',
    active: 1,
    backupmx: 1,
    relay_all_recipients: 1,
    relay_unknown_only: 0,
    restart_sogo: 0,
    aliases: 50,
    mailboxes: 20,
    defquota: 10,
    maxquota: 1000,
    quota: 10_000,
    ...flags,
  })
  for (const name of ['anna', 'bernd', 'office', 'verkauf'])
    await flow.api('add/mailbox', {
      local_part: name,
      domain: 'example.at',
      name,
      quota: 10,
      active: 1,
      password: userPassword,
      password2: userPassword,
    })
}

export async function makeFinal(flow: Flow): Promise<void> {
  const attr = { backupmx: 0, relay_all_recipients: 0, relay_unknown_only: 0 }
  await flow.api('edit/domain', { items: ['example.at'], attr })
}

/** What a server answers to a recipient (`250`, `550 5.1.1 ...`), in a session of its own. Nothing is sent. */
export function rcpt(
  { host, port }: Endpoint,
  to: string,
  { from = 'sender@outside.example', localAddress }: { from?: string; localAddress?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, ...(localAddress === undefined ? {} : { localAddress }) })
    const steps = ['EHLO probe.outside.example', `MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, 'QUIT']
    let last = ''
    socket.once('error', reject)
    createInterface({ input: socket }).on('line', (line) => {
      if (line.startsWith('221')) {
        socket.destroy()
        resolve(last)
      } else if (line[3] === ' ') {
        last = line
        const step = steps.shift()
        // a refused sender is the answer
        socket.write(`${line.startsWith('5') && step?.startsWith('RCPT') === true ? 'QUIT' : step}\r\n`)
      }
    })
  })
}
