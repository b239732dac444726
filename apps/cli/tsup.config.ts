import { rm } from 'node:fs/promises'
import path from 'node:path'
import { defineConfig } from 'tsup'
import { base } from '../../tsup.base.ts'
import { directImports } from './direct-imports.ts'
import { oneLanguage, onDemand } from './on-demand.ts'
import { writeNotices } from './third-party-notices.ts'

const dist = path.join(import.meta.dirname, 'dist')

// Not all in one file: each command is a chunk that is read when it is called. The stages and all libraries are in
// there too, because finding and reading hundreds of files takes longer than most commands have to work.
export default defineConfig({
  ...base,
  entry: ['src/main.ts', 'src/compile-cache.ts'],
  dts: false,
  splitting: true,
  sourcemap: false,
  noExternal: [/.*/],
  metafile: true,
  esbuildPlugins: [directImports, onDemand, oneLanguage],
  esbuildOptions: (options) => {
    // Our own packages from source: only so is each file in the chunk that needs it.
    options.conditions = ['@iteg/source', 'module']
    // The libraries' licences are in a file of their own.
    options.legalComments = 'none'
  },
  // Libraries in CommonJS ask for Node's modules with `require`.
  banner: {
    js: `import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);`,
  },
  onSuccess: async () => {
    const metafile = path.join(dist, 'metafile-esm.json')
    await writeNotices(metafile, path.join(dist, 'third-party-notices.txt'))
    await rm(metafile)
  },
})
