import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { stringify } from 'yaml'
import type { Dovecot } from '../dovecot/dovecot.ts'
import { giveToMailUser } from '../mail/owner.ts'
import { fillMailbox, homeDirectory } from '../mail/store.ts'
import { demoFilters } from './filters.ts'
import { demoInventory, demoPassword } from './inventory.ts'
import { demoMail } from './mail.ts'
import type { DemoMail } from './mail.ts'

/** Puts the demo's mailboxes and mail on the old server. */
export async function fillWithDemo(dovecot: Dovecot): Promise<void> {
  const mail = new Map((await demoMail()).map((one) => [one.address, one]))
  for (const { mailboxes } of demoInventory)
    for (const { address, quotaBytes = 0, active = true } of mailboxes) {
      const passwords = [{ hash: `{PLAIN}${demoPassword}`, protocols: ['imap', 'pop3', 'smtp', 'sieve'] }]
      await dovecot.accounts.set(address, { active: active ? 1 : 2, quotaBytes, passwords })
      const content = mail.get(address)
      if (content === undefined) continue
      fillMailbox(dovecot, address, content.folders, { subscriptions: content.subscriptions })
      writeScripts(homeDirectory(dovecot, address), content.scripts ?? demoFilters.get(address))
    }
}

function writeScripts(home: string, scripts: DemoMail['scripts']): void {
  if (scripts === undefined) return
  const directory = path.join(home, 'sieve')
  mkdirSync(directory, { mode: 0o700 })
  giveToMailUser(directory)
  for (const [name, text] of scripts) {
    const file = path.join(directory, `${name}.sieve`)
    writeFileSync(file, text, { mode: 0o600 })
    giveToMailUser(file)
  }
  const [active] = scripts.keys()
  if (active !== undefined) symlinkSync(`sieve/${active}.sieve`, path.join(home, '.dovecot.sieve'))
}

/** The demo's inventory in the format of an inventory file. */
export function demoInventoryFile(): string {
  return `# The domains that the old server of the demo hosts.\n${stringify({ domains: demoInventory })}`
}
