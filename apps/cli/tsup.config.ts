import { defineConfig } from 'tsup'
import { base } from '../../tsup.base.ts'

// One entry, so that `mailmove --version` reads one small file; each command is a chunk of its own. Of our own
// packages only the stages are used, and they are a dependency like any other.
export default defineConfig({ ...base, entry: ['src/main.ts'], dts: false, splitting: true })
