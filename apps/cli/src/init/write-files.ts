import { randomBytes } from 'node:crypto'
import { link, stat, unlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createKeyFile, loadConfig } from '@iteg/migration'
import { CommandUsageError } from '../errors.ts'

/** What is there after `init`; absolute paths. */
export interface InitFiles {
  readonly config: string
  readonly key: string
  readonly inventory: readonly string[]
  readonly written: readonly string[]
  /** What existed already and was left as it is. */
  readonly kept: readonly string[]
}

/** Makes what is missing of configuration and key, and overwrites nothing. Both get mode 0600. */
export async function writeFiles(file: string, content: () => Promise<string>): Promise<InitFiles> {
  const config = path.resolve(file)
  const hadConfig = await exists(config)
  if (!hadConfig) await writeChecked(config, await content())
  const { secrets, workDir, old } = await loadConfig(file, { env: {}, secrets: 'later' })
  const key = secrets.key.file
  const hadKey = await exists(key)
  if (!hadKey) await createKeyFile(key, { workDir })
  const sources = old.inventory.flatMap((source) => (source.kind === 'file' ? [source.path] : []))
  return {
    config,
    key,
    inventory: sources,
    written: [...(hadConfig ? [] : [config]), ...(hadKey ? [] : [key])],
    kept: [...(hadConfig ? [config] : []), ...(hadKey ? [key] : [])],
  }
}

/** The name appears only with a whole, valid file, and only where none was. */
async function writeChecked(file: string, content: string): Promise<void> {
  const folder = path.dirname(file)
  if (!(await exists(folder)))
    throw new CommandUsageError(
      `There is no folder ${folder}.`,
      'Make it, or name another configuration with --config FILE.',
    )
  const temporary = path.join(folder, `.${path.basename(file)}.${randomBytes(6).toString('hex')}`)
  try {
    await writeFile(temporary, content, { mode: 0o600, flag: 'wx', flush: true })
    await loadConfig(temporary, { env: {}, secrets: 'later' })
    await link(temporary, file)
  } finally {
    await unlink(temporary).catch(() => undefined)
  }
}

export async function exists(file: string): Promise<boolean> {
  try {
    await stat(file)
    return true
  } catch {
    return false
  }
}
