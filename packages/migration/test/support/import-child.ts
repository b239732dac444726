import { domainConfig, exportDomains, loadConfig, openMigration, Secret } from '../../src/index.ts'

/**
 * One `export` with `importContacts` in a process of its own, for a test that kills it. Arguments: configuration, working
 * folder, key file, domain, Roundcube's SQLite file.
 */
const [path = '', workDir = '', key = '', domain = '', file = ''] = process.argv.slice(2)
const config = await loadConfig(path, { env: process.env })
const domains = new Map([[domain, { ...domainConfig(config, domain), importContacts: true }]])
const url = new Secret('URL', () => `sqlite:${file}`)
await using migration = await openMigration({
  ...config,
  workDir,
  secrets: { key: { file: key } },
  domains,
  old: { ...config.old, addressBooks: { kind: 'roundcube', url } },
})
const report = await exportDomains(migration, [domain])
process.exitCode = report.ok ? 0 : 1
