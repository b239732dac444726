import {
  connect,
  mapFolders,
  openFileState,
  readFolders,
  syncMailbox,
  verifyMailbox,
  type Endpoint,
} from '@iteg/imap-sync'

/** Copies a mailbox and compares both; true when they are equal. Run it again: it goes on where it was. */
export async function copyMailbox(source: Endpoint, target: Endpoint, memory: string): Promise<boolean> {
  await using old = await connect(source.server, source.login)
  await using fresh = await connect(target.server, target.login)
  const folderMap = mapFolders(await readFolders(old), await readFolders(fresh))
  await using state = await openFileState(`${memory}.state`)
  const mailbox = {
    source,
    target,
    folderMap,
    phase: 'mirror',
    setAsideDirectory: `${memory}.set-aside`,
  } as const
  const report = await syncMailbox({ ...mailbox, state })
  for (const finding of report.findings) process.emitWarning(finding.message)
  return (await verifyMailbox(mailbox)).ok
}
