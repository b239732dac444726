import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { asMailUser } from './as-mail-user.ts'
import { startInBackground } from './background.ts'
import { giveToMailUser } from './mail/owner.ts'
import type { SogoUpstream } from './mailcow/dav-front.ts'
import type { MariaDb } from './mariadb.ts'
import type { Sandbox } from './sandbox/sandbox.ts'

/** Where SOGo keeps its things: the same tables that mailcow names. */
const tables = {
  SOGoProfileURL: 'sogo_user_profile',
  OCSFolderInfoURL: 'sogo_folder_info',
  OCSSessionsFolderURL: 'sogo_sessions_folder',
  OCSEMailAlarmsFolderURL: 'sogo_alarms_folder',
  OCSStoreURL: 'sogo_store',
  OCSAclURL: 'sogo_acl',
  OCSCacheFolderURL: 'sogo_cache_folder',
}
const users = '_sogo_static_view'

/**
 * Starts SOGo as mailcow runs it: over MariaDB and memcached, its users in a table, and open to the web server only, which
 * has checked the password and hands on one that SOGo believes.
 */
export async function startSogo(sandbox: Sandbox, database: MariaDb): Promise<SogoUpstream> {
  const dir = path.join(sandbox.dir, 'sogo')
  const defaults = path.join(dir, 'defaults')
  await mkdir(defaults, { recursive: true })
  for (const folder of [dir, defaults]) giveToMailUser(folder)
  const password = randomBytes(12).toString('hex')
  const url = await database.own(
    'sogo',
    `create table ${users} (c_uid varchar(255) primary key, c_name varchar(255), c_password varchar(255), c_cn varchar(255), mail varchar(255));`,
  )
  const cache = await startInBackground({
    sandbox,
    dir: await folderIn(dir, 'memcached'),
    code: 'sogo',
    command: (free) => [...asMailUser(), 'memcached', '-l', '127.0.0.1', '-p', String(free), '-m', '16'],
  })
  const settings = {
    ...Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, `"${url}/${table}"`])),
    SOGoMemcachedHost: `"127.0.0.1:${cache.port}"`,
    SOGoUserSources: `({ type = sql; id = users; viewURL = "${url}/${users}"; canAuthenticate = YES; isAddressBook = NO; userPasswordAlgorithm = plain; })`,
    WOWorkersCount: '2',
    // without it emoji become question marks
    MySQL4Encoding: 'utf8mb4',
    SOGoLanguage: 'English',
    SOGoTimeZone: '"Europe/Vienna"',
  }
  const lines = Object.entries(settings).map(([name, value]) => `  ${name} = ${value};\n`)
  await writeFile(path.join(defaults, 'sogod.plist'), `{\n${lines.join('')}}\n`)
  // Instead of /etc/GNUstep: where the settings lie, and nothing of any user's home.
  const gnustep = path.join(dir, 'GNUstep.conf')
  await writeFile(
    gnustep,
    `GNUSTEP_USER_DEFAULTS_DIR=${defaults}\nGNUSTEP_SYSTEM_LIBRARY=/usr/lib/GNUstep\nGNUSTEP_SYSTEM_LIBRARIES=/usr/lib\n`,
  )
  const server = await startInBackground({
    sandbox,
    dir,
    code: 'sogo',
    command: (free) => [
      ...asMailUser(),
      'env',
      `GNUSTEP_CONFIG_FILE=${gnustep}`,
      'sogod',
      '-WONoDetach',
      'YES',
      '-WOPort',
      `127.0.0.1:${free}`,
      '-WOLogFile',
      '-',
      '-WOPidFile',
      path.join(dir, 'pid'),
    ],
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    password,
    addUser: (address) => database.run('sogo', userStatement(address, password)),
  }
}

async function folderIn(dir: string, name: string): Promise<string> {
  const folder = path.join(dir, name)
  await mkdir(folder, { recursive: true })
  return folder
}

function userStatement(address: string, password: string): string {
  const name = `'${address.replaceAll(/['\\]/g, String.raw`\$&`)}'`
  return `replace into ${users} values (${name}, ${name}, '${password}', ${name}, ${name});`
}
