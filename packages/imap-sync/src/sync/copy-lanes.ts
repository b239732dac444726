import { isImapSyncError } from '../errors.ts'
import { copyBatch } from './copy-batch.ts'
import type { Batch } from './folder-work.ts'
import type { Lane } from './lane.ts'
import type { Chain } from './plan-batches.ts'
import type { Run } from './run.ts'

/**
 * Lets lanes copy chains of batches. A lane stays with its folder, so that messages arrive in their order; when no folder
 * is left it helps with the largest one, from its end. A folder that fails does not stop the others.
 */
export async function copyChains(run: Run, lanes: readonly Lane[], chains: readonly Chain[]): Promise<void> {
  const queue = new ChainQueue(chains)
  const work = async (lane: Lane, index: number): Promise<void> => {
    if (index > 0 && !(await opens(run, lane))) return
    for (let next = queue.take(lane); next !== undefined; next = queue.take(lane)) {
      run.signal?.throwIfAborted()
      if (run.full) return
      try {
        await copyBatch(run, lane, next.chain.plan.scanned, next.batch)
      } catch (error) {
        if (!folderFailed(run, next.chain, error)) {
          queue.clear()
          throw error
        }
      }
    }
  }
  const results = await Promise.allSettled(lanes.map((lane, index) => work(lane, index)))
  const failure = results.find((result) => result.status === 'rejected')
  if (failure !== undefined) throw failure.reason
}

/** An old server often allows few connections: a further lane that gets none leaves the work to the others. */
async function opens(run: Run, lane: Lane): Promise<boolean> {
  try {
    await Promise.all([lane.source.session(), lane.target.session()])
    return true
  } catch (error) {
    run.signal?.throwIfAborted()
    if (!isImapSyncError(error)) throw error
    run.logger.warn({ code: error.code, reason: error.message }, 'going on with fewer connections')
    lane.close()
    return false
  }
}

/** True when only this folder cannot be worked on; what concerns the whole mailbox is false. */
function folderFailed(run: Run, chain: Chain, error: unknown): boolean {
  if (!isImapSyncError(error) || !['folderMissing', 'refused'].includes(error.code)) return false
  const { entry, tally } = chain.plan.scanned
  chain.batches.length = 0
  tally.failed = true
  run.find({
    code: 'folderFailed',
    severity: 'yellow',
    folder: entry.source,
    message: `${entry.source} could not be copied to the end: ${error.message}`,
    remedy: 'Copy again.',
  })
  return true
}

class ChainQueue {
  readonly #chains: readonly Chain[]
  readonly #owners = new Map<Chain, Lane>()
  /** Chains whose target folder takes one writer only: several source folders go there. */
  readonly #single: ReadonlySet<string>

  constructor(chains: readonly Chain[]) {
    this.#chains = chains
    const targets = chains.map((chain) => chain.plan.scanned.target.wire)
    this.#single = new Set(targets.filter((wire, index) => targets.indexOf(wire) !== index))
  }

  take(lane: Lane): { readonly chain: Chain; readonly batch: Batch } | undefined {
    const open = this.#chains.filter(({ batches }) => batches.length > 0)
    const own = open.find((chain) => this.#owners.get(chain) === lane)
    const next = own ?? open.find((chain) => this.#isFree(chain))
    if (next !== undefined) {
      this.#owners.set(next, lane)
      const batch = next.batches.shift()
      return batch === undefined ? undefined : { chain: next, batch }
    }
    const largest = open
      .filter((chain) => !this.#single.has(chain.plan.scanned.target.wire))
      .toSorted((a, b) => b.batches.length - a.batches.length)[0]
    const batch = largest?.batches.pop()
    return largest === undefined || batch === undefined ? undefined : { chain: largest, batch }
  }

  clear(): void {
    for (const chain of this.#chains) chain.batches.length = 0
  }

  /** Not begun; and nobody else is writing into its target. */
  #isFree(chain: Chain): boolean {
    if (this.#owners.has(chain)) return false
    const { wire } = chain.plan.scanned.target
    if (!this.#single.has(wire)) return true
    return this.#chains.every(
      (other) =>
        other.plan.scanned.target.wire !== wire || !this.#owners.has(other) || other.batches.length === 0,
    )
  }
}
