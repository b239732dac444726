import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Config, Secret } from '../src/index.ts'
import { relayServer } from '../src/stages/cutting-over/relay-server.ts'
import { type MailFlowBed, startMailFlowBed } from './support/mail-flow-bed.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const DOMAIN = 'pfa.example'
// PostfixAdmin's tables, as far as the change of a mail flow knows them.
const dump = `
create table domain (domain varchar(255) primary key, transport varchar(255), backupmx tinyint, active tinyint);
create table mailbox (username varchar(255) primary key, maildir varchar(255), domain varchar(255), active tinyint);
create table alias (address varchar(255) primary key, goto text, domain varchar(255), active tinyint);
create table alias_domain (alias_domain varchar(255) primary key, target_domain varchar(255), active tinyint);
create table vacation (email varchar(255) primary key, domain varchar(255), active tinyint);
insert into domain values ('${DOMAIN}', 'virtual', 0, 1);
insert into mailbox values ('anna@${DOMAIN}', '${DOMAIN}/anna/', '${DOMAIN}', 1);
insert into alias values ('anna@${DOMAIN}', 'anna@${DOMAIN}', '${DOMAIN}', 1), ('gone@${DOMAIN}', 'anna@${DOMAIN}', '${DOMAIN}', 1);
`
const wish = {
  domain: DOMAIN,
  aliasDomains: [],
  recipients: [`anna@${DOMAIN}`, `info@${DOMAIN}`],
}
const asked = [`anna@${DOMAIN}`, `info@${DOMAIN}`, `gone@${DOMAIN}`, `nobody@${DOMAIN}`]

let bed: MailFlowBed
let config: Config
beforeAll(async () => {
  const mailboxes = [{ address: 'stays@stay.example' }]
  bed = await startMailFlowBed({ domains: [{ domain: 'stay.example', mailboxes }] })
  const { relay } = bed.config.old
  if (relay?.kind !== 'postfix') throw new Error('the bed has another relay')
  const server = await bed.testbed.mariaDb()
  const address = await server.own('postfixadmin', dump)
  const url = new Secret('${OLD_DB_URL}', () => address)
  config = { ...bed.config, old: { ...bed.config.old, relay: { ...relay, kind: 'postfixadmin', url } } }
})
afterAll(() => bed[Symbol.asyncDispose]())

async function verdicts(): Promise<readonly string[]> {
  return (await relayServer(config).probe(asked, {})).map(({ verdict }) => verdict)
}

// In its order: each builds on the one before.
describe('a real Postfix and the database of PostfixAdmin', () => {
  it('is put back where Postfix does not ask the database', async () => {
    await expect(relayServer(config).makeRelay(wish, {})).rejects.toMatchObject({
      code: 'server',
      message: expect.stringContaining('transport_maps'),
    })
    expect((await relayServer(config).planFinal(DOMAIN, {})).done).toBe(true)
  })

  it('accepts whom mailcow accepts once it is a relay, and nobody else', async () => {
    const { relay } = config.old
    if (relay?.kind !== 'postfixadmin') throw new Error('it was set above')
    await bed.testbed.old.postfix.usePostfixAdmin(relay.url.reveal())
    expect(await verdicts()).toEqual(['accepted', 'refused', 'accepted', 'refused'])
    const { done, lines, problems } = await relayServer(config).planRelay(wish, {})
    expect([done, problems]).toEqual([false, []])
    expect(lines).toContain(`postfixadmin.domain ${DOMAIN}: transport = relay:${relay.nextHop}`)
    expect(await relayServer(config).makeRelay(wish, {})).toBe(true)
    expect(await verdicts()).toEqual(['accepted', 'accepted', 'refused', 'refused'])
    expect((await relayServer(config).planRelay(wish, {})).done).toBe(true)
    expect(await relayServer(config).queue([DOMAIN], {})).toMatchObject({ messages: 0 })
  })

  it('is what it was again on the way back', async () => {
    expect(await relayServer(config).makeFinal(DOMAIN, {})).toBe(true)
    expect(await verdicts()).toEqual(['accepted', 'refused', 'accepted', 'refused'])
    expect(await relayServer(config).makeFinal(DOMAIN, {})).toBe(false)
  })
})
