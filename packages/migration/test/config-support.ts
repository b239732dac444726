import { readFileSync } from 'node:fs'
import { type Config, ConfigError, parseConfig } from '../src/config/index.ts'

/** The configuration that the documentation shows, every key of it. */
export const contract = readFileSync(new URL('./data/config-contract.yaml', import.meta.url), 'utf8')

/** What its references stand for. */
export const env = {
  OLD_MASTER_PASSWORD: 'old-master',
  OLD_DB_URL: 'mysql://reader:db-secret@db.example/postfixadmin',
  ROUNDCUBE_DB_URL: 'postgres://db.example/roundcube',
  MAILCOW_API_KEY: 'api-key',
  NEW_MASTER_PASSWORD: 'new-master',
  TSIG_SECRET: 'dHNpZw==',
  EXAMPLE_AT_PASSWORD: 'Shared-Secret-1',
}

/** The least that a configuration must say. */
export const small = `old:
  imap: { host: mailhaus.example }
  master: { user: migrator, password: \${OLD_MASTER_PASSWORD} }
  inventory: [{ kind: file, path: inventory.csv }]
new:
  mailcow: { url: https://mailcow.example, apiKey: \${MAILCOW_API_KEY} }
  master: { user: migrator@mailcow.local, password: \${NEW_MASTER_PASSWORD} }
`

export function read(text: string, path = '/etc/mailmove/mailmove.yaml'): Config {
  return parseConfig(text, path, { env })
}

/** What a wrong configuration is told, without the name of the file. */
export function problemsOf(text: string): string[] {
  try {
    read(text, 'm.yaml')
  } catch (error) {
    if (error instanceof ConfigError)
      return error.message.split('\n').map((line) => line.replace(/^m\.yaml:/u, ''))
    throw error
  }
  return []
}
