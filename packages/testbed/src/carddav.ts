import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { startInBackground } from './background.ts'
import type { Sandbox } from './sandbox/sandbox.ts'

/** A running Radicale, which stands in for SOGo's CardDAV. */
export interface CardDavServer {
  /** Where a user's address books lie, as SOGo's `/SOGo/dav/USER/Contacts/`. */
  homeOf(user: string): string
  addUser(user: string, password: string): Promise<void>
  /** Ends this server only. */
  stop(): Promise<void>
}

export async function startCardDav(sandbox: Sandbox): Promise<CardDavServer> {
  const dir = path.join(sandbox.dir, 'carddav')
  await mkdir(path.join(dir, 'data'), { recursive: true })
  const users = new Map<string, string>()
  const passwords = path.join(dir, 'users')
  await writeFile(passwords, '')
  const config = path.join(dir, 'config')
  await writeFile(
    config,
    `[auth]
type = htpasswd
htpasswd_filename = ${passwords}
htpasswd_encryption = plain
delay = 0
[rights]
type = owner_only
[storage]
filesystem_folder = ${dir}/data
`,
  )
  const server = await startInBackground({
    sandbox,
    dir,
    code: 'carddav',
    // the machine's own Python may be another one, without Debian's modules
    command: (free) => [
      '/usr/bin/python3',
      '-m',
      'radicale',
      '--config',
      config,
      '--hosts',
      `127.0.0.1:${free}`,
    ],
  })
  return {
    homeOf: (user) => `http://127.0.0.1:${server.port}/${encodeURIComponent(user)}/`,
    addUser: async (user, password) => {
      users.set(user, password)
      await writeFile(passwords, [...users].map(([name, word]) => `${name}:${word}\n`).join(''))
    },
    stop: () => server.stop(),
  }
}
