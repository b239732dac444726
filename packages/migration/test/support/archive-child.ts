import process from 'node:process'
import { archive, loadConfig, openMigration } from '../../src/index.ts'

/** One `archive` in a process of its own that dies in the midst of a mailbox. Arguments: configuration, working folder, key file, domain, mailbox. */
const [path = '', workDir = '', key = '', domain = '', mailbox = ''] = process.argv.slice(2)
const loaded = await loadConfig(path, { env: process.env })
const config = {
  ...loaded,
  workDir,
  secrets: { key: { file: key } },
  copy: { ...loaded.copy, mailboxesAtOnce: 1 },
}
await using migration = await openMigration(config, {
  onEvent: (event) => {
    if (event.type === 'mailbox-progress' && event.mailbox === mailbox && event.done.messages > 0)
      process.kill(process.pid, 'SIGKILL')
  },
})
await archive(migration, [domain])
