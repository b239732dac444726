// The Debian packages that the test bed runs, unpacked into a cache folder of ours. Nothing is installed: no
// package is added, replaced or removed, no service is started, and apt's own lists and cache stay as they are.
import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { privateApt } from './debian-apt.mjs'
import { browserGroups, packageGroups, serviceGroups, wideGroups } from './debian-groups.mjs'
import { withLock } from './lock.mjs'
import { root as repository } from './node-modules.mjs'

const run = promisify(execFile)

const bookworm = `deb http://deb.debian.org/debian bookworm main
deb http://deb.debian.org/debian-security bookworm-security main
`
/**
 * The releases that the test bed runs on, with the sources that its packages come from when these are not the
 * machine's own. Debian 13 has Dovecot 2.4, another program with another configuration: mailcow and the old servers
 * that are moved have 2.3, so it gets Debian 12's.
 */
const releases = { debian12: undefined, debian13: bookworm }

/** Where unpacked packages are kept; several runs, and several clones, may share it. */
export function cacheFolder() {
  return path.resolve(process.env['MAILMOVE_CACHE'] || path.join(repository, '.mailmove-cache'))
}

/**
 * Makes sure that the packages that every test bed runs can be run, and says where. Safe to call from several processes
 * at once.
 *
 * @returns {Promise<{ usr: string | undefined }>} the folder to lay over /usr in the test bed's own mount
 *   namespace; undefined when the machine has everything installed already
 * @throws an Error with one sentence for people when this machine cannot run the test bed
 */
export function ensureTestbedPackages() {
  return ensurePackages(packageGroups, 'the test bed’s Debian packages')
}

/** As `ensureTestbedPackages`, for the databases and CardDAV servers that some tests ask for. */
export function ensureServicePackages() {
  return ensurePackages(serviceGroups, 'the databases and CardDAV servers of some tests')
}

/** As `ensureTestbedPackages`, for the browser in which pages are looked at. */
export function ensureBrowserPackages() {
  return ensurePackages(browserGroups, 'Debian’s Chromium')
}

/** As `ensureTestbedPackages`, for the other kinds of server that the wide suite copies from. */
export function ensureWidePackages() {
  return ensurePackages(wideGroups, 'the wide suite’s Debian packages')
}

async function ensurePackages(groups, what) {
  const release = supportedRelease()
  requireNamespaces()
  const stampFile = stampPath(release, groups)
  const known = readStamp(stampFile)
  if (known !== undefined) return known
  await mkdir(cacheFolder(), { recursive: true })
  return withLock(path.join(cacheFolder(), 'lock'), async () => {
    // Another process may have done the work while we waited for the lock.
    const made = readStamp(stampFile)
    if (made !== undefined) return made
    const folder = await unpackMissing(release, groups, what)
    // By name: a clone may be moved, its cache with it.
    const stamp = { folder: folder === undefined ? null : path.basename(folder), status: dpkgStatusMark() }
    await replaceFile(stampFile, JSON.stringify(stamp))
    return { usr: folder === undefined ? undefined : path.join(folder, 'usr') }
  })
}

function supportedRelease() {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  const field = (name) => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(text)?.[1] ?? ''
  const release = `${field('ID')}${field('VERSION_ID')}`
  if (Object.hasOwn(releases, release)) return release
  const here = field('PRETTY_NAME') || process.platform
  throw new Error(`The test bed (npm test, npm run demo) needs Debian 12 or 13, and this is ${here}.`)
}

/** The servers run in mount and process namespaces of their own: that takes root, or a machine that lets users make them. */
function requireNamespaces() {
  const isRoot = process.getuid?.() === 0
  const flags = isRoot ? [] : ['--user', '--map-root-user']
  const tried = spawnSync('unshare', [...flags, '--mount', '--pid', '--fork', 'true'], { encoding: 'utf8' })
  if (tried.status === 0) return
  throw new Error(
    isRoot
      ? 'The test bed needs mount and process namespaces, and this machine refuses them (in a container: give it CAP_SYS_ADMIN).'
      : 'The test bed needs namespaces, and this machine gives them to root only: run it as root.',
  )
}

function stampPath(release, groups) {
  const digest = createHash('sha256').update(JSON.stringify(groups)).digest('hex').slice(0, 12)
  return path.join(cacheFolder(), `packages-${release}-${process.arch}-${digest}.json`)
}

/**
 * What an earlier run made, if it still holds: packages that came or went on the machine change what we have to bring.
 * Undefined also when the stamp cannot be read: then the work is done again.
 */
function readStamp(file) {
  if (!existsSync(file)) return undefined
  let stamp
  try {
    stamp = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
  if (stamp.status !== dpkgStatusMark()) return undefined
  if (stamp.folder === null) return { usr: undefined }
  const usr = path.join(cacheFolder(), String(stamp.folder), 'usr')
  return existsSync(usr) ? { usr } : undefined
}

function dpkgStatusMark() {
  const { mtimeMs, size } = statSync('/var/lib/dpkg/status')
  return `${mtimeMs}:${size}`
}

/** Returns the folder with what is missing, or undefined when nothing is. */
async function unpackMissing(release, groups, what) {
  process.stderr.write(`setting up: unpacking ${what} into a cache folder (nothing is installed)\n`)
  const cache = cacheFolder()
  // We hold the lock: what others began and did not finish is nobody's any more.
  for (const name of await readdir(cache))
    if (name.startsWith('new-')) await rm(path.join(cache, name), { recursive: true, force: true })
  const temporary = await mkdtemp(path.join(cache, 'new-'))
  try {
    const wanted = Object.values(groups).flat()
    const apt = await privateApt({ cache, temporary, sources: releases[release], wanted })
    const missing = await apt.missing()
    const folderOf = (packages) => {
      const key = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 16)
      return path.join(cache, `${release}-${process.arch}-${key}`)
    }
    if (missing.length === 0) return undefined
    if (existsSync(folderOf(missing))) return folderOf(missing)
    let packages = missing
    const files = await apt.download(packages).catch(async () => {
      // The machine's lists may name versions that the mirrors no longer have.
      packages = await apt.missingByNewLists()
      return apt.download(packages)
    })
    const tree = path.join(temporary, 'tree')
    await mkdir(tree)
    for (const file of files) await run('dpkg', ['-x', file, tree])
    await mergeUsr(tree)
    await writeFile(path.join(tree, 'packages.txt'), `${packages.join('\n')}\n`)
    const folder = folderOf(packages)
    if (!existsSync(folder)) await rename(tree, folder)
    return folder
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** Some packages still ship /lib or /sbin; on every supported release these are links into /usr. */
async function mergeUsr(tree) {
  for (const name of ['bin', 'sbin', 'lib', 'lib64'])
    if (existsSync(path.join(tree, name))) {
      await cp(path.join(tree, name), path.join(tree, 'usr', name), {
        recursive: true,
        verbatimSymlinks: true,
      })
      await rm(path.join(tree, name), { recursive: true })
    }
}

/** No reader ever sees half of it. */
async function replaceFile(file, text) {
  const next = `${file}.${process.pid}`
  await writeFile(next, text)
  await rename(next, file)
}
