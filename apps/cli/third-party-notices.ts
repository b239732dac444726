import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

interface Metafile {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string
}

/** Writes the licences of all libraries that a bundle holds (esbuild's metafile) into one file. Rejects when one has none. */
export async function writeNotices(metafile: string, notices: string): Promise<void> {
  const { outputs }: Metafile = JSON.parse(await readFile(metafile, 'utf8'))
  const folders = new Set<string>()
  for (const { inputs } of Object.values(outputs))
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]
      if (folder !== undefined && bytesInOutput > 0) folders.add(path.resolve(import.meta.dirname, folder))
    }
  const texts = await Promise.all([...folders].toSorted().map(notice))
  await writeFile(
    notices,
    `The program in this folder holds parts of these libraries.\n\n${texts.join(`\n${'-'.repeat(78)}\n\n`)}`,
  )
}

async function notice(folder: string): Promise<string> {
  const { name, version, license }: Manifest = JSON.parse(
    await readFile(path.join(folder, 'package.json'), 'utf8'),
  )
  const files = (await readdir(folder)).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file))
  if (license === undefined && files.length === 0) throw new Error(`${name} says nothing about its licence`)
  const texts = await Promise.all(files.toSorted().map((file) => readFile(path.join(folder, file), 'utf8')))
  return `${name} ${version}${license === undefined ? '' : ` (${license})`}\n\n${texts.map((text) => text.trim()).join('\n\n')}\n`
}
