import { sharedLimits, type ExcludeRule, type SharedLimits } from '@iteg/imap-sync'
import type { Config } from '../../config/index.ts'
import { domainSettings } from '../ascii-names.ts'

/** What all mailboxes of one run share: bandwidth, connections, logins. */
export function copyLimits({ copy }: Pick<Config, 'copy'>): SharedLimits {
  return sharedLimits({
    maxBytesPerSecond: copy.maxBytesPerSecond,
    connections: {
      source: copy.oldConnections,
      target: copy.newConnections,
      perUser: copy.connectionsPerUser,
    },
    compress: copy.compress,
  })
}

/** What the configuration leaves out of this mailbox; the rule's name is what reports count under. */
export function excludeRules(config: Config, domain: string, mailbox: string): readonly ExcludeRule[] {
  const settings = domainSettings(config, domain)
  const folders = [
    ...(settings.exclude?.folders ?? []),
    ...(settings.mailboxes.get(mailbox)?.exclude?.folders ?? []),
  ]
  return [...new Set(folders)].map((folder) => ({ name: `folder ${folder}`, kind: 'folder', folder }))
}
