import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@iteg/source'] },
  ssr: { resolve: { conditions: ['@iteg/source'] } },
  test: {
    include: ['{packages,apps}/*/{src,test}/**/*.test.ts', 'tools/**/*.test.ts'],
    reporters: ['default', './tools/tally-reporter.ts'],
    restoreMocks: true,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
