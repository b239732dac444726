import { loadConfig, openMigration, provision } from '../../src/index.ts'

/** One `provision` in a process of its own, for a test that kills it. Arguments: configuration, working folder, key file, domain. */
const [path = '', workDir = '', key = '', domain = ''] = process.argv.slice(2)
const config = await loadConfig(path, { env: process.env })
await using migration = await openMigration({ ...config, workDir, secrets: { key: { file: key } } })
const report = await provision(migration, [domain])
process.exitCode = report.ok ? 0 : 1
