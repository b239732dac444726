import {
  applySecondary,
  isSecondaryDone,
  probeRecipients,
  type Queued,
  readPrimaryPlan,
  readQueue,
  readSecondaryPlan,
  type RecipientVerdict,
  type Runner,
  type SecondaryPlan,
  type SecondaryWanted,
} from '@iteg/old-server'
import type { Config } from '../../config/index.ts'
import { asking } from './asking-old-server.ts'
import { postfixAdminRelay } from './postfixadmin-relay.ts'
import { UsageError } from '../errors.ts'
import { runnerFor } from '../runner-for.ts'
import type { StageOptions } from '../options.ts'

/** What the old server is asked to become. */
export type RelayWish = Omit<SecondaryWanted, 'nextHop'>

/** The difference between what the old server is and what it shall be; plain data. */
export interface RelayPlan {
  /** Nothing is left to do. */
  readonly done: boolean
  /** What is to be done, as lines for people. */
  readonly lines: readonly string[]
  /** What makes it impossible. */
  readonly problems: readonly string[]
}

/** The old mail server, however its relay is brought about. Every method rejects with `ServerError` or `UsageError`. */
export interface RelayServer {
  readonly kind: 'postfix' | 'postfixadmin' | 'manual'
  /** What makes it hand the domain on. Reads only. */
  planRelay(wish: RelayWish, options: StageOptions): Promise<RelayPlan>
  /** Brings it about; `false` when it was so already. Never with `manual`. */
  makeRelay(wish: RelayWish, options: StageOptions): Promise<boolean>
  planFinal(domain: string, options: StageOptions): Promise<RelayPlan>
  /** The way back: final for the domain again. */
  makeFinal(domain: string, options: StageOptions): Promise<boolean>
  /** What the server says to RCPT TO for these; nothing is sent. */
  probe(addresses: readonly string[], options: StageOptions): Promise<readonly RecipientVerdict[]>
  /** What waits in its queue for the domains; undefined when nobody told us how to ask. */
  queue(domains: readonly string[], options: StageOptions): Promise<Queued | undefined>
}

/** As the configuration says. Rejects with `UsageError` when it does not say how the old server is to become a relay. */
export function relayServer(config: Config): RelayServer {
  const { relay, smtp } = config.old
  if (relay === undefined)
    throw new UsageError('The configuration does not say how the old server hands mail on (old.relay).', {
      hint: 'Add old.relay, for example { kind: postfix, directory: /etc/postfix }, or { kind: manual }.',
    })
  const probe: RelayServer['probe'] = (addresses, options) =>
    asking('old.smtp', options, () => probeRecipients(smtp, addresses, options))
  switch (relay.kind) {
    case 'postfix':
      return postfixRelay(runnerFor(config.old.run, config.old.commands), relay, probe)
    case 'manual':
      return manualRelay(relay.nextHop, probe)
    case 'postfixadmin':
      return postfixAdminRelay(runnerFor(config.old.run, config.old.commands), relay, probe)
    default:
      return relay satisfies never
  }
}

function postfixRelay(
  runner: Runner,
  { directory, nextHop }: { readonly directory: string; readonly nextHop: string },
  probe: RelayServer['probe'],
): RelayServer {
  const toRelay = (wish: RelayWish, options: StageOptions): Promise<SecondaryPlan> =>
    asking('old.relay', options, () => readSecondaryPlan(runner, directory, { ...wish, nextHop }, options))
  const toFinal = (domain: string, options: StageOptions): Promise<SecondaryPlan> =>
    asking('old.relay', options, () => readPrimaryPlan(runner, directory, domain, options))
  // Begun, it is ended: half a change would be worse than a late Ctrl-C.
  const apply = (plan: SecondaryPlan): Promise<boolean> =>
    asking('old.relay', {}, () => applySecondary(runner, plan))
  return {
    kind: 'postfix',
    probe,
    planRelay: async (wish, options) => relayPlan(await toRelay(wish, options)),
    makeRelay: async (wish, options) => apply(await toRelay(wish, options)),
    planFinal: async (domain, options) => relayPlan(await toFinal(domain, options)),
    makeFinal: async (domain, options) => apply(await toFinal(domain, options)),
    queue: (domains, options) =>
      asking('old.relay', options, () => readQueue(runner, directory, domains, options)),
  }
}

function relayPlan(plan: SecondaryPlan): RelayPlan {
  const { files, parameters, problems } = plan
  return {
    done: isSecondaryDone(plan),
    lines: [
      ...files.map(({ path, before }) => `${before === undefined ? 'make' : 'change'} ${path}`),
      ...parameters.map(({ name, after }) => `set ${name} = ${after}`),
    ],
    problems: problems.map(({ message }) => message),
  }
}

function impossible(): Promise<boolean> {
  return Promise.reject(new UsageError('The old server is changed by hand (old.relay: manual).'))
}

/** Somebody else does it; we say what, and look whether it is so. */
function manualRelay(nextHop: string, probe: RelayServer['probe']): RelayServer {
  return {
    kind: 'manual',
    probe,
    planRelay: ({ domain, aliasDomains, recipients }) => {
      const names = [domain, ...aliasDomains]
      return Promise.resolve({
        done: false,
        lines: [
          ...names.map(
            (name) =>
              `relay ${name} to ${nextHop} (Postfix: relay_domains, and in transport_maps "${name} relay:${nextHop}")`,
          ),
          `accept these recipients only: ${recipients.join(' ')}`,
          `take ${names.join(', ')} out of the local domains, with all mailboxes, aliases, forwards and vacations`,
        ],
        problems: [],
      })
    },
    makeRelay: impossible,
    planFinal: (domain) =>
      Promise.resolve({
        done: false,
        lines: [`deliver ${domain} locally again, with all its mailboxes, aliases and forwards`],
        problems: [],
      }),
    makeFinal: impossible,
    queue: () => Promise.resolve(undefined),
  }
}
