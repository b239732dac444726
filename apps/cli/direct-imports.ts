import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

const packages = path.resolve(import.meta.dirname, '../../packages')

/**
 * Lets our sources import what they name from the file that declares it instead of from the package's index. The index
 * leads to everything, and esbuild puts into a command's chunks whatever its files lead to: with it, `copy` would read
 * the code of all stages.
 */
export const directImports: Plugin = {
  name: 'direct-imports',
  setup(build) {
    const indexes = new Map<string, ReadonlyMap<string, string>>()
    build.onLoad({ filter: /\/(?:packages\/[\w-]+|apps\/cli)\/src\/.*\.ts$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8')
      const contents = source.replaceAll(
        /^import \{([^}]*)\} from '@iteg\/([\w-]+)'/gm,
        (_statement, names: string, name: string) => {
          const index = indexes.get(name) ?? declaringFiles(name)
          indexes.set(name, index)
          return imports(names, name, index)
        },
      )
      return { contents, loader: 'ts' }
    })
  },
}

/** Which file declares a name, of all that a package exports. An index holds nothing but `export { … } from`. */
function declaringFiles(name: string): ReadonlyMap<string, string> {
  const index = path.join(packages, name, 'src/index.ts')
  const files = new Map<string, string>()
  for (const [, names = '', from = ''] of readFileSync(index, 'utf8').matchAll(
    /^export \{([^}]*)\} from '([^']+)'/gm,
  ))
    for (const specifier of specifiers(names)) {
      const [own = '', as = own] = specifier.split(' as ')
      // A renamed one has another name where it is declared; none is.
      if (own === as) files.set(own, path.join(path.dirname(index), from))
    }
  return files
}

/** One import for each, all on one line: what follows keeps its line but for the statement's own breaks. */
function imports(names: string, name: string, files: ReadonlyMap<string, string>): string {
  return specifiers(names)
    .map((specifier) => {
      const [own = ''] = specifier.split(' as ')
      const from = files.get(own)
      if (from === undefined) throw new Error(`@iteg/${name} does not export ${own} from a file of its own`)
      return `import { ${specifier} } from ${JSON.stringify(from)}`
    })
    .join('; ')
}

/** Without types, which are no business of a bundle. */
function specifiers(names: string): string[] {
  return names
    .split(',')
    .map((specifier) => specifier.trim())
    .filter((specifier) => specifier !== '' && !specifier.startsWith('type '))
}
