import {
  makePostfixAdminPrimary,
  makePostfixAdminRelay,
  type PostfixAdminPlan,
  type PostfixAdminRelayWanted,
  readPostfixAdminPrimary,
  readPostfixAdminRelay,
  readQueue,
  type RowChange,
  type Runner,
} from '@iteg/old-server'
import type { RelayConfig } from '../../config/index.ts'
import { ServerError } from '../errors.ts'
import type { StageOptions } from '../options.ts'
import { asking } from './asking-old-server.ts'
import type { RelayPlan, RelayServer, RelayWish } from './relay-server.ts'

type PostfixAdminRelay = Extract<RelayConfig, { kind: 'postfixadmin' }>

/** Postfix asks PostfixAdmin's database for everything: one transaction there is the whole change. */
export function postfixAdminRelay(
  runner: Runner,
  { url, directory, nextHop }: PostfixAdminRelay,
  probe: RelayServer['probe'],
): RelayServer {
  const database = url.reveal()
  const wanted = (wish: RelayWish): PostfixAdminRelayWanted => ({ ...wish, nextHop })
  return {
    kind: 'postfixadmin',
    probe,
    planRelay: async (wish, options) =>
      relayPlan(await asking('old.relay', options, () => readPostfixAdminRelay(database, wanted(wish)))),
    // Begun, it is ended: the database does all of it or nothing.
    makeRelay: async (wish) => {
      const changed = await asking('old.relay', {}, () => makePostfixAdminRelay(database, wanted(wish)))
      try {
        for (const name of [wish.domain, ...wish.aliasDomains])
          await assertAsked(runner, directory, name, `relay:${nextHop}`)
      } catch (error) {
        // It would go on delivering locally, and nobody would know.
        await asking('old.relay', {}, () => makePostfixAdminPrimary(database, wish.domain))
        throw error
      }
      return changed
    },
    planFinal: async (domain, options) =>
      relayPlan(await asking('old.relay', options, () => readPostfixAdminPrimary(database, domain))),
    makeFinal: (domain) => asking('old.relay', {}, () => makePostfixAdminPrimary(database, domain)),
    queue: (domains, options: StageOptions) =>
      asking('old.relay', options, () => readQueue(runner, directory, domains, options)),
  }
}

function relayPlan({ changes, problems }: PostfixAdminPlan): RelayPlan {
  return { done: changes.length === 0, lines: changes.map(lineOf), problems }
}

function lineOf({ table, key, before, after }: RowChange): string {
  if (before === null) return `postfixadmin.${table}: add ${key}`
  if (after === null) return `postfixadmin.${table}: take out ${key}`
  const values = Object.entries(after).filter(([column, value]) => before[column] !== value)
  return `postfixadmin.${table} ${key}: ${values.length === 0 ? 'as it was' : values.map(([column, value]) => `${column} = ${value}`).join(', ')}`
}

const LIMITS = { timeoutMs: 60_000 }

/** Without `transport_maps` that ask the database, Postfix would not know of the change. */
async function assertAsked(
  runner: Runner,
  directory: string,
  domain: string,
  transport: string,
): Promise<void> {
  const run = (argv: readonly [string, ...string[]]) =>
    asking('old.relay', {}, () => runner.run(argv, LIMITS))
  const { stdout } = await run(['postconf', '-c', directory, '-xh', 'transport_maps'])
  for (const map of stdout.split(/[\s,]+/).filter((name) => name !== '')) {
    const found = await run(['postmap', '-c', directory, '-q', domain, map])
    if (found.code !== 0 || found.stdout.trim() === '') continue
    if (found.stdout.trim() === transport) return
    break
  }
  throw new ServerError(
    'old.relay',
    `The old Postfix does not ask PostfixAdmin's database how ${domain} is delivered (transport_maps in ${directory}/main.cf); everything was put back.`,
    {
      hint: "Give it PostfixAdmin's own map (SELECT REPLACE(transport, 'virtual', ':') FROM domain WHERE domain='%s' AND active = '1'), or set old.relay to { kind: postfix } or { kind: manual }.",
    },
  )
}
