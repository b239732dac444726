import process from 'node:process'

/** Who the servers are. Root gives the mail to a user of its own; anybody else is everybody in there. */
export interface Identity {
  readonly isRoot: boolean
  /** Owner of the mail on disk. */
  readonly uid: number
  readonly gid: number
}

// Needs no name, and none of Debian's ranges has it.
const mailUid = 64_873

export function currentIdentity(): Identity {
  const uid = process.getuid?.() ?? 0
  return uid === 0
    ? { isRoot: true, uid: mailUid, gid: mailUid }
    : { isRoot: false, uid, gid: process.getgid?.() ?? uid }
}

/** Starts a command in new mount and process namespaces. Its death takes all others in there along, and ours takes it. */
export function namespaceCommand({ isRoot }: Identity): string[] {
  // A user may make these namespaces in a user namespace of their own only.
  const user = isRoot ? '' : 'unshare --user --map-root-user '
  return `${user}setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child`.split(' ')
}

/** Runs a command in the namespaces of the process `init`. */
export function enterCommand({ isRoot, uid, gid }: Identity, init: string): string[] {
  // `--root`: otherwise somebody in a chroot would find themselves outside of it.
  const enter = ['nsenter', '--target', init, '--mount', '--pid', '--root']
  if (isRoot) return [...enter, '--']
  // In there we would be root, whom Dovecot does not let read mail: we become ourselves again.
  return [
    ...enter,
    '--user',
    '--preserve-credentials',
    '--',
    'unshare',
    '--user',
    `--map-user=${uid}`,
    `--map-group=${gid}`,
    '--',
  ]
}
