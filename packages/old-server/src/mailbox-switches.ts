import type { Mailbox } from './model.ts'

type Switch = 'canReceive' | 'canLogin' | 'ownAddress'

/** The rare switches of a mailbox: all are true by default, and only what differs from it is kept. */
export function mailboxSwitches(read: (name: Switch) => boolean | undefined): Pick<Mailbox, Switch> {
  const canReceive = read('canReceive')
  const canLogin = read('canLogin')
  const ownAddress = read('ownAddress')
  return {
    ...(canReceive === false ? { canReceive } : {}),
    ...(canLogin === false ? { canLogin } : {}),
    ...(ownAddress === false ? { ownAddress } : {}),
  }
}
