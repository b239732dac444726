export { startTestbed } from './testbed.ts'
export type { MailboxOptions, NewMailbox, Part, Testbed, TestbedOptions } from './testbed.ts'
export type { Dovecot, MasterUser } from './dovecot/dovecot.ts'
export type { Endpoint } from './endpoint.ts'
export { startBrowser } from './browser.ts'
export type { Browser } from './browser.ts'
export type { NameServers, SecondaryServer, TsigKey } from './dns/dns.ts'
export { hostNames } from './dns/zones.ts'
export type { OldPostfix } from './mail-flow.ts'
export type { Postfix, PostfixCommand, QueuedMessage } from './postfix/postfix.ts'
export type { Docker } from './commands.ts'
export { submit } from './outside.ts'
export type { Outside, Submission } from './outside.ts'
export { stayingDomain, stayingPassword, tenant } from './neighbours.ts'
export type { HostedAlias, HostedDomain, HostedMailbox } from './inventory/hosted-domains.ts'
export { startCyrus } from './cyrus/cyrus.ts'
export { type Sshd, startSshd } from './sshd.ts'
export type { Cyrus } from './cyrus/cyrus.ts'
export type { CyrusLayout } from './cyrus/config.ts'
export type { CardDavServer } from './carddav.ts'
export type { MariaDb } from './mariadb.ts'
export type { PostgreSql } from './postgresql.ts'
export { oddCertificates } from './dovecot/config.ts'
export type { OddCertificate } from './dovecot/config.ts'
export { findArrivals } from './mail/deliveries.ts'
export type { Arrival } from './mail/deliveries.ts'
export { deliver } from './mail/deliver.ts'
export type { Delivery } from './mail/deliver.ts'
export { startSink } from './sink.ts'
export type { SinkMessage, SmtpSink } from './sink.ts'
export { startProxy } from './proxy/proxy.ts'
export type { Proxy, ProxyOptions } from './proxy/proxy.ts'
export type { ProxyCommand } from './proxy/command.ts'
export type { Interception, InterceptionRule } from './proxy/interception.ts'
export type { TlsFront } from './tls-front.ts'
export { describeTestbed } from './configuration.ts'
export type { Environment, MailcowFacts } from './configuration.ts'
export type { CommandResult } from './sandbox/sandbox.ts'
export { memoryAccountStore, startMailcowDouble } from './mailcow/index.ts'
export type {
  AccountStore,
  ActiveFilters,
  AppPasswordAccount,
  Fault,
  FaultKind,
  FaultOptions,
  MailboxAccount,
  MailboxUsage,
  MailcowDouble,
  MailcowDoubleOptions,
  MemoryAccountStore,
  ProtocolAccess,
  RecordedCall,
  RecordedDavCall,
  SogoUpstream,
} from './mailcow/index.ts'
export type * from './mailcow/state.ts'
export { fillMailbox, fillMailboxFromDisk, homeDirectory } from './mail/store.ts'
export type { DiskMessage } from './mail/maildir.ts'
export { awkwardMessages } from './demo/awkward.ts'
export type { AwkwardMessage } from './demo/awkward.ts'
export { demoInventory, demoPassword } from './demo/inventory.ts'
export type { DemoDomain, DemoMailbox } from './demo/inventory.ts'
export { demoMail } from './demo/mail.ts'
export type { DemoMail } from './demo/mail.ts'
export type { SampleMessage } from './demo/sample-message.ts'
export { sampleMessages } from './demo/samples.ts'
export { addCorpus } from './corpora/fill.ts'
export type { CorpusMailbox } from './corpora/fill.ts'
export type { CorpusName } from './corpora/corpus.ts'
export { TestbedError } from './errors.ts'
