import { localRunner, type Runner, sshRunner } from '@iteg/old-server'
import type { RunTarget } from '../config/index.ts'

/** Where the files and commands of a server are; `commands` is a folder of these that comes before `PATH`. */
export function runnerFor(target: RunTarget, commands: string | undefined): Runner {
  const path = commands === undefined ? {} : { path: [commands] }
  if (target.kind === 'local') return localRunner(path)
  const { user, host, port } = target
  return sshRunner({
    ...path,
    destination: user === undefined ? host : `${user}@${host}`,
    ...(port === undefined ? {} : { port }),
  })
}
