import { domainConfig, exportDomains, loadConfig, openMigration } from '../../src/index.ts'

/**
 * One `export` with `filters: install` in a process of its own, for a test that kills it. Arguments: configuration, working
 * folder, key file, domain, port of mailcow's ManageSieve without TLS.
 */
const [path = '', workDir = '', key = '', domain = '', port = ''] = process.argv.slice(2)
const config = await loadConfig(path, { env: process.env })
const domains = new Map([[domain, { ...domainConfig(config, domain), filters: 'install' as const }]])
const sieve = { host: '127.0.0.1', port: Number(port), tls: 'none' as const }
await using migration = await openMigration({
  ...config,
  workDir,
  secrets: { key: { file: key } },
  domains,
  new: { ...config.new, sieve },
})
const report = await exportDomains(migration, [domain])
process.exitCode = report.ok ? 0 : 1
