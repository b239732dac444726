import { isScriptFilesError, readScriptFolder } from '@iteg/sieve-export'
import type { SieveFilesConfig } from '../../config/index.ts'
import { ServerError } from '../errors.ts'
import type { StageOptions } from '../options.ts'
import { asSentence } from '../sentence.ts'
import type { ExportFolder } from './export-folder.ts'
import { encodeFileName } from './file-names.ts'

/** No mailbox is called like this: it has no `@`. */
const GLOBAL_FOLDER = 'global'

/** Copies the old server's own scripts, folder by folder. Resolves to the copies. Rejects with `ServerError`. */
export async function exportGlobalScripts(
  files: SieveFilesConfig | undefined,
  root: ExportFolder | undefined,
  options: StageOptions,
): Promise<readonly string[]> {
  const copies: string[] = []
  for (const source of files?.global ?? []) {
    const scripts = await readGlobal(source, options)
    if (root === undefined || scripts.length === 0) continue
    const folder = await (await root.folder(GLOBAL_FOLDER)).folder(encodeFileName(source))
    for (const { name, content } of scripts) {
      const file = `${encodeFileName(name)}.sieve`
      await folder.put(file, content)
      copies.push(folder.file(file))
    }
  }
  return copies
}

async function readGlobal(
  folder: string,
  { signal }: StageOptions,
): Promise<readonly { readonly name: string; readonly content: Uint8Array }[]> {
  try {
    return (await readScriptFolder(folder, signal === undefined ? {} : { signal })).scripts
  } catch (error) {
    signal?.throwIfAborted()
    if (!isScriptFilesError(error)) throw error
    throw new ServerError('old.sieve', asSentence(`old.sieveFiles.global: ${error.message}`), {
      hint: "Name the folders that hold the old server's own scripts, or none.",
      cause: error,
    })
  }
}
