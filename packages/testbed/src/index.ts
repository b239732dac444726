export { startTestbed } from './testbed.ts'
export type { NewAccount, Part, Testbed, TestbedOptions } from './testbed.ts'
export type { Dovecot, Endpoint, MasterUser } from './dovecot/dovecot.ts'
export { TestbedError } from './errors.ts'
