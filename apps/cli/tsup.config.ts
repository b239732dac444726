import { defineConfig } from 'tsup'
import { base } from '../../tsup.base.ts'

// Not all in one file: each command is a chunk that is read when it is called. The stages and all libraries stay
// dependencies, so that they are there once when somebody embeds them beside the program.
export default defineConfig({ ...base, entry: ['src/main.ts'], dts: false, splitting: true })
