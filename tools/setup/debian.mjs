// The Debian packages that the test bed runs, unpacked into a cache folder of ours. Nothing is installed: no
// package is added, replaced or removed, no service is started, and apt's own lists and cache stay as they are.
import { execFile, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { packageGroups } from './debian-groups.mjs'
import { root as repository } from './node-modules.mjs'

const run = promisify(execFile)

/** Where unpacked packages are kept; several runs, and several clones, may share it. */
export function cacheFolder() {
  return process.env['MAILMOVE_CACHE'] || path.join(repository, '.mailmove-cache')
}

/**
 * Makes sure that every package of the test bed can be run, and says where.
 *
 * @returns {Promise<{ usr: string | undefined }>} the folder to lay over /usr in the test bed's own mount
 *   namespace; undefined when the machine has everything installed already
 * @throws an Error with one sentence for people when this machine cannot run the test bed
 */
export async function ensureTestbedPackages() {
  const release = debianRelease()
  requireNamespaces()
  const stampFile = stampPath(release)
  const known = readStamp(stampFile)
  if (known !== undefined) return { usr: known.usr ?? undefined }
  await mkdir(cacheFolder(), { recursive: true })
  return withLock(path.join(cacheFolder(), 'lock'), async () => {
    // Another process may have done the work while we waited for the lock.
    const made = readStamp(stampFile)
    if (made !== undefined) return { usr: made.usr ?? undefined }
    const usr = await unpackMissing(release)
    await replaceFile(stampFile, JSON.stringify({ usr: usr ?? null, status: dpkgStatusMark() }))
    return { usr }
  })
}

function debianRelease() {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  const field = (name) => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(text)?.[1] ?? ''
  if (field('ID') !== 'debian' || field('VERSION_ID') !== '12')
    throw new Error(
      `The test bed (npm test, npm run demo) needs Debian 12, and this is ${field('PRETTY_NAME') || process.platform}.`,
    )
  return `${field('ID')}${field('VERSION_ID')}-${process.arch}`
}

/** The servers run in a mount and a process namespace of their own: that takes root, or a machine that lets users make namespaces. */
function requireNamespaces() {
  const flags = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  const tried = spawnSync('unshare', [...flags, '--mount', '--pid', '--fork', 'true'], { encoding: 'utf8' })
  if (tried.status === 0) return
  throw new Error(
    process.getuid?.() === 0
      ? 'The test bed needs mount and process namespaces, and this machine refuses them (in a container: give it CAP_SYS_ADMIN).'
      : 'The test bed needs namespaces, and this machine gives them to root only: run it as root.',
  )
}

function stampPath(release) {
  const groups = createHash('sha256').update(JSON.stringify(packageGroups)).digest('hex').slice(0, 12)
  return path.join(cacheFolder(), `packages-${release}-${groups}.json`)
}

/** What an earlier run made, if it still holds: packages that came or went on the machine change what we have to bring. */
function readStamp(file) {
  if (!existsSync(file)) return undefined
  const stamp = JSON.parse(readFileSync(file, 'utf8'))
  if (stamp.status !== dpkgStatusMark()) return undefined
  if (stamp.usr !== null && !existsSync(stamp.usr)) return undefined
  return stamp
}

function dpkgStatusMark() {
  const { mtimeMs, size } = statSync('/var/lib/dpkg/status')
  return `${mtimeMs}:${size}`
}

/** Returns the folder to lay over /usr, or undefined when nothing is missing. */
async function unpackMissing(release) {
  process.stderr.write(
    'setting up: unpacking the test bed’s Debian packages into a cache folder (nothing is installed)\n',
  )
  const temporary = await mkdtemp(path.join(cacheFolder(), 'new-'))
  try {
    const apt = await aptFor(temporary)
    const missing = await apt.missingPackages()
    if (missing.length === 0) return undefined
    const key = createHash('sha256').update(missing.join('\n')).digest('hex').slice(0, 16)
    const folder = path.join(cacheFolder(), `${release}-${key}`)
    if (!existsSync(folder)) {
      const tree = path.join(temporary, 'tree')
      await mkdir(tree)
      for (const file of await apt.download(missing)) await run('dpkg', ['-x', file, tree])
      await mergeUsr(tree)
      await writeFile(path.join(tree, 'packages.txt'), `${missing.join('\n')}\n`)
      await rename(tree, folder)
    }
    return path.join(folder, 'usr')
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/**
 * apt, kept away from the machine's own state: it reads the lists that are there, and when these are missing or
 * too old to download from, fetches lists of our own.
 */
async function aptFor(temporary) {
  const settings = path.join(temporary, 'apt.conf')
  const ownLists = path.join(cacheFolder(), 'apt-lists')
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
  await writeFile(settings, lines.join('\n'))
  const apt = (args, cwd) =>
    run('apt-get', ['-c', settings, ...args], {
      cwd,
      env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
      maxBuffer: 64 * 1024 * 1024,
    })
  const useOwnLists = async () => {
    await mkdir(path.join(ownLists, 'partial'), { recursive: true })
    await writeFile(settings, [...lines, `Dir::State::lists "${ownLists}";`].join('\n'))
    await apt(['update', '-q']).catch((error) => {
      throw aptError('the package lists could not be fetched', error)
    })
  }
  const simulate = async () => {
    const wanted = Object.values(packageGroups).flat()
    const { stdout } = await apt(['install', '-s', '--no-install-recommends', ...wanted])
    // "Inst NAME [OLD] (VERSION ORIGIN [ARCH])": whatever apt would install or upgrade
    return [...stdout.matchAll(/^Inst (\S+) (?:\[[^\]]*\] )?\((\S+)/gm)]
      .map(([, name, version]) => `${name}=${version}`)
      .toSorted()
  }
  return {
    missingPackages: () =>
      simulate().catch(async () => {
        await useOwnLists()
        return simulate().catch((error) => {
          throw aptError('apt cannot resolve the packages', error)
        })
      }),
    download: async (packages) => {
      const folder = path.join(temporary, 'debs')
      await mkdir(folder)
      const download = (list) => apt(['download', '-q', ...list], folder)
      await download(packages).catch(async () => {
        // The machine's lists may name versions that the mirrors no longer have.
        await useOwnLists()
        await download(await simulate()).catch((error) => {
          throw aptError('the packages could not be downloaded', error)
        })
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

/** Some packages still ship /lib or /sbin; on every supported release these are links into /usr. */
async function mergeUsr(tree) {
  for (const name of ['bin', 'sbin', 'lib', 'lib64'])
    if (existsSync(path.join(tree, name))) {
      await mkdir(path.join(tree, 'usr'), { recursive: true })
      await run('cp', ['-a', path.join(tree, name), path.join(tree, 'usr/')])
      await rm(path.join(tree, name), { recursive: true })
    }
}

async function replaceFile(file, text) {
  const next = `${file}.${process.pid}`
  await writeFile(next, text)
  await rename(next, file)
}

/** Runs `work` alone among all processes; the lock goes with the process that holds it, however it ends. */
async function withLock(file, work) {
  const holder = spawn('flock', [file, 'sh', '-c', 'echo locked; cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => holder.once('close', resolve))
  try {
    await new Promise((resolve, reject) => {
      holder.once('error', reject)
      holder.once('exit', (code) =>
        reject(new Error(`The lock ${file} could not be taken (flock ended with ${code}).`)),
      )
      holder.stdout.once('data', resolve)
    })
    return await work()
  } finally {
    holder.stdin.end()
    await ended
  }
}
