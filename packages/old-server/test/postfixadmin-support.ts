import { readFileSync } from 'node:fs'
import path from 'node:path'

/** A database of PostfixAdmin 3.3 as mariadb-dump wrote it. */
export const dump = readFileSync(path.join(import.meta.dirname, 'data/postfixadmin-3.3.mysql.sql'), 'utf8')

/** The same tables and rows for an engine that follows the standard more closely. */
export function dumpFor(engine: 'sqlite' | 'postgres'): string {
  const tables = [...dump.matchAll(/CREATE TABLE `(\w+)` \(\n(.*?)\n\) ENGINE/gsu)].map(
    ([, name = '', body = '']) => {
      const columns = body
        .split('\n')
        .map((line) => line.trim().replace(/,$/u, ''))
        .filter((line) => line.startsWith('`') || line.startsWith('PRIMARY KEY'))
        .map((line) => column(line, engine))
      return `create table "${name}" (${columns.join(', ')});`
    },
  )
  const rows = [...dump.matchAll(/^INSERT INTO `(\w+)` VALUES\n(.*?);$/gmsu)].map(
    ([, name = '', values = '']) => insert(name, values, engine),
  )
  return [...tables, ...rows].join('\n')
}

function column(line: string, engine: 'sqlite' | 'postgres'): string {
  const plain = line
    .replaceAll('`', '"')
    .replaceAll(/ (?:CHARACTER SET|COLLATE) \w+| unsigned| AUTO_INCREMENT/gu, '')
    .replaceAll(/ enum\([^)]*\)/gu, ' text')
    .replaceAll('current_timestamp()', 'current_timestamp')
  if (engine === 'sqlite') return plain
  // As PostfixAdmin makes them on PostgreSQL.
  return plain
    .replace(/ tinyint\(1\)/u, ' boolean')
    .replace(
      /( boolean.*) DEFAULT ([01])$/u,
      (_, head: string, flag: string) => `${head} DEFAULT ${String(flag === '1')}`,
    )
    .replace(/ datetime/u, ' timestamp')
    .replace(/ (big)?int\(\d+\)/u, (_, big: string | undefined) => ` ${big ?? ''}int`)
}

/** MySQL writes 0 and 1 for booleans: which columns these are is in the table's definition. */
function insert(table: string, values: string, engine: 'sqlite' | 'postgres'): string {
  if (engine === 'sqlite') return `insert into "${table}" values ${values};`
  const body = new RegExp(`CREATE TABLE \`${table}\` \\(\\n(.*?)\\n\\) ENGINE`, 'su').exec(dump)?.[1] ?? ''
  const types = body.split('\n').flatMap((line) => /^ *`\w+` (\w+)/u.exec(line)?.[1] ?? [])
  const rows = [...values.matchAll(/^\((.*)\),?$/gmu)].map(([, row = '']) => {
    const fields = row.match(/'(?:[^'\\]|\\.|'')*'|[^,]+/gu) ?? []
    return `(${fields.map((field, at) => (types[at] === 'tinyint' ? String(field === '1') : field)).join(',')})`
  })
  return `insert into "${table}" values ${rows.join(', ')};`
}
