import { expect, test } from 'vitest'
import { stateConformance } from './conformance.ts'
import { memoryState } from './memory.ts'

test.for(stateConformance)('the state in memory: $name', async ({ run }) => {
  const harness = {
    open: async () => memoryState(),
    reopen: async (state: ReturnType<typeof memoryState>) => state,
  }
  await expect(run(harness)).resolves.toBeUndefined()
})
