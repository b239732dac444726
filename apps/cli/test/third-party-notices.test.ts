import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { writeNotices } from '../third-party-notices.ts'

async function noticesOf(folder: string, inputs: Readonly<Record<string, number>>): Promise<string> {
  const metafile = path.join(folder, 'metafile.json')
  const listed = Object.fromEntries(
    Object.entries(inputs).map(([file, bytesInOutput]) => [file, { bytesInOutput }]),
  )
  await writeFile(metafile, JSON.stringify({ outputs: { 'dist/main.js': { inputs: listed } } }))
  const notices = path.join(folder, 'notices.txt')
  await writeNotices(metafile, notices)
  return readFile(notices, 'utf8')
}

test('names every library of which something is in the bundle, once, with its licence', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'mailmove-notices-'))
  try {
    const library = async (name: string, license: string | undefined, text?: string) => {
      const home = path.join(folder, 'node_modules', name)
      await mkdir(home, { recursive: true })
      await writeFile(path.join(home, 'package.json'), JSON.stringify({ name, version: '1.2.3', license }))
      if (text !== undefined) await writeFile(path.join(home, 'LICENSE'), text)
      return home
    }
    const scoped = await library('@some/one', 'MIT', 'Copyright (c) Some One')
    const shaken = await library('shaken-off', 'MIT')
    const nothing = await library('says-nothing', undefined)
    const text = await noticesOf(folder, {
      'src/main.ts': 10,
      [`${scoped}/a.js`]: 10,
      [`${scoped}/lib/b.js`]: 10,
      [`${shaken}/index.js`]: 0,
    })
    expect(text.match(/@some\/one 1\.2\.3 \(MIT\)/g)).toHaveLength(1)
    expect(text).toContain('Copyright (c) Some One')
    expect(text).not.toContain('shaken-off')
    await expect(noticesOf(folder, { [`${nothing}/a.js`]: 1 })).rejects.toThrow('says-nothing')
  } finally {
    await rm(folder, { recursive: true })
  }
})
