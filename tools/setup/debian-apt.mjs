// apt, kept away from the machine's own state: it reads the package lists that are there, and when these are missing
// or too old to download from, fetches lists of our own. Its cache, too, is ours.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * @param {{ cache: string, temporary: string, sources?: string, wanted: readonly string[] }} options
 *   `cache`: where our own lists stay; `temporary`: for this run only; `sources`: instead of the machine's
 *   own sources.list; `wanted`: the packages that must be runnable
 */
export async function privateApt({ cache, temporary, sources, wanted }) {
  const configuration = path.join(temporary, 'apt.conf')
  const ownLists = path.join(cache, sources === undefined ? 'apt-lists' : 'apt-lists-elsewhere')
  const lines = [
    `Dir::Cache "${path.join(temporary, 'apt-cache')}";`,
    // apt drops to the user _apt for downloads, who may not be allowed into our folder.
    'APT::Sandbox::User "root";',
    // An update of our own lists must not run what the machine hooks to its own updates.
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
  ]
  await mkdir(path.join(temporary, 'apt-cache/archives/partial'), { recursive: true })
  if (sources !== undefined) {
    const file = path.join(temporary, 'sources.list')
    await writeFile(file, sources)
    lines.push(`Dir::Etc::sourcelist "${file}";`, 'Dir::Etc::sourceparts "-";')
  }
  await writeFile(configuration, lines.join('\n'))

  const apt = (args, cwd) =>
    run('apt-get', ['-c', configuration, ...args], {
      cwd,
      env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
      maxBuffer: 64 * 1024 * 1024,
    })
  const useOwnLists = async () => {
    await mkdir(path.join(ownLists, 'partial'), { recursive: true })
    await writeFile(configuration, [...lines, `Dir::State::lists "${ownLists}";`].join('\n'))
    const { stderr } = await apt(['update', '-q']).catch((error) => {
      throw aptError('the package lists could not be fetched', error)
    })
    // apt is content when a source does not answer. So are we, as long as the packages are found all the same.
    return /^W: (Failed to fetch .*)$/m.exec(stderr)?.[1]
  }
  const simulate = async () => {
    const { stdout } = await apt(['install', '-s', '--no-install-recommends', ...wanted])
    // "Inst NAME [OLD] (VERSION ORIGIN [ARCH])": whatever apt would install or upgrade
    return [...stdout.matchAll(/^Inst (\S+) (?:\[[^\]]*\] )?\((\S+)/gm)]
      .map(([, name, version]) => `${name}=${version}`)
      .toSorted()
  }

  return {
    /** What would have to be installed, as `NAME=VERSION`, sorted. */
    async missing() {
      if (sources !== undefined) await useOwnLists()
      return simulate().catch(async () => {
        const complaint = await useOwnLists()
        return simulate().catch((error) => {
          if (complaint === undefined) throw aptError('apt cannot resolve the packages', error)
          throw aptError('the package lists could not be fetched', { stderr: `E: ${complaint}` })
        })
      })
    },
    /** As `missing`, after the lists were fetched anew: mirrors drop old versions. */
    async missingByNewLists() {
      await useOwnLists()
      return simulate()
    },
    /** Downloads `NAME=VERSION` packages; resolves with the files. Signatures are checked by apt. */
    async download(packages) {
      const folder = await mkdtemp(path.join(temporary, 'debs-'))
      await apt(['download', '-q', ...packages], folder).catch((error) => {
        throw aptError('the packages could not be downloaded', error)
      })
      return (await readdir(folder)).map((name) => path.join(folder, name))
    },
  }
}

function aptError(what, error) {
  const text = String(error.stderr ?? error.message)
  const reason = /^E: (.*)$/m.exec(text)?.[1] ?? text.trim().split('\n').at(-1)
  return new Error(`Setting up the test bed: ${what} (apt says: ${reason}).`, { cause: error })
}
