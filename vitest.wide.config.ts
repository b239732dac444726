import { defineConfig } from 'vitest/config'
import base from './vitest.config.ts'

/** Tests against other kinds of server, whose packages `npm test` does not need: `npm run test:wide`. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['packages/*/test/wide/*.wide.ts'] },
})
