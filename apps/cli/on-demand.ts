import { createRequire } from 'node:module'
import type { Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/**
 * What imapflow imports and a login does not use: tables of character sets, MIME, a logger, SOCKS. With the names that it
 * imports beside the default; it uses each of them when it is called, not while it is loaded.
 */
const seldom: Readonly<Record<string, readonly string[]>> = {
  '@zone-eu/mailsplit': ['Headers'],
  'encoding-japanese': [],
  'iconv-lite': [],
  libbase64: [],
  libmime: [],
  libqp: [],
  pino: [],
  socks: ['SocksClient'],
}

/** An export that is looked up, each time, when it is used. */
function lazy(get: string): string {
  return `new Proxy(function () {}, {
    get: (_, key) => Reflect.get(${get}, key),
    apply: (_, self, given) => Reflect.apply(${get}, self, given),
    construct: (_, given) => Reflect.construct(${get}, given),
  })`
}

/** Runs those modules when one of their functions is called for the first time: it is the same code, only later. */
export const onDemand: Plugin = {
  name: 'on-demand',
  setup(build) {
    const filter = new RegExp(`^(?:${Object.keys(seldom).join('|')})$`)
    build.onResolve({ filter }, ({ path: name, importer, kind }) =>
      kind === 'import-statement' && /\/node_modules\/imapflow\//.test(importer)
        ? { path: name, namespace: 'on-demand', pluginData: importer }
        : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'on-demand' }, ({ path: name, pluginData: importer }) => {
      const file = JSON.stringify(createRequire(String(importer)).resolve(name))
      const contents = [
        `const load = () => require(${file})`,
        `export default ${lazy('load()')}`,
        ...(seldom[name] ?? []).map((named) => `export const ${named} = ${lazy(`load().${named}`)}`),
      ]
      return { contents: contents.join('\n'), loader: 'js', resolveDir: import.meta.dirname }
    })
  },
}

/** zod's messages in 50 languages, which its namespace object holds on to: half of its code. Ours are our own, or English. */
export const oneLanguage: Plugin = {
  name: 'one-language',
  setup(build) {
    build.onLoad({ filter: /\/node_modules\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: `export { default as en } from './en.js'`,
      loader: 'js',
    }))
  },
}
