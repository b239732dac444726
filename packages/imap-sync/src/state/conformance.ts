import type { SyncState } from './state.ts'

export interface StateConformanceCase {
  readonly name: string
  /** Rejects with an AssertionError when the implementation breaks the contract. */
  run(harness: StateHarness): Promise<void>
}

export interface StateHarness {
  /** A new, empty state. */
  open(): Promise<SyncState>
  /** The same state as a new process would find it. */
  reopen(state: SyncState): Promise<SyncState>
}

/** Tests for implementations of `SyncState`, for any test runner: `for (const c of stateConformance) test(c.name, () => c.run(harness))`. */
export const stateConformance: readonly StateConformanceCase[] = []
