import { readFileSync } from 'node:fs'

/** Files that a fresh mailcow brings along and hands out unchanged. */
export type StaticFile =
  | 'preparing.html'
  | 'api-docs.html'
  | 'global-sieve-before.sieve'
  | 'global-sieve-after.sieve'
  | 'sieve-presets.json'

export function staticText(name: StaticFile): string {
  return readFileSync(new URL(`../../data/mailcow-pages/${name}`, import.meta.url), 'utf8')
}
