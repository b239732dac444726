import { dieAtNewPoint } from './killing.ts'

/**
 * One `cutover` or `rollback` in a process of its own, which dies at a point where none has died before. Arguments: configuration,
 * working folder, key file, command, domain, file of the points. Ends with 0 when it is done, 3 when it waits, 1 when it failed.
 */
const [path = '', workDir = '', key = '', command = '', domain = '', points = ''] = process.argv.slice(2)
const onEvent = dieAtNewPoint(points)
const { cutover, loadConfig, openMigration, rollback } = await import('../../src/index.ts')
const config = await loadConfig(path, { env: process.env })
await using migration = await openMigration(
  { ...config, workDir, secrets: { key: { file: key } } },
  { onEvent },
)
const stage = command === 'cutover' ? cutover : rollback
const report = await stage(migration, [domain], { unwarned: true })
const [result] = report.domains
if (!report.ok) process.stderr.write(`${JSON.stringify(result?.steps.at(-1))}\n`)
process.exitCode = report.ok ? 0 : result?.outcome === 'failed' ? 1 : 3
