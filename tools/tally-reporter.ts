import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with one plain line, `tests: 12 passed, 0 failed, 0 skipped`, for readers that are not people. */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      for (const test of tests) count[test.result().state] += 1
      // A file that fails before it declares a test is a failure too, not an absence.
      if (module.state() === 'failed' && !tests.some((test) => test.result().state === 'failed'))
        count.failed += 1
    }
    const failed = count.failed + count.pending
    process.stdout.write(`tests: ${count.passed} passed, ${failed} failed, ${count.skipped} skipped\n`)
  }
}
