import { command, mailboxArgument } from '../wire/command.ts'
import type { Session } from '../wire/session.ts'

/** Makes a folder; true when it was not there before. Rejects when the server refuses. */
export async function createFolder(session: Session, wire: string): Promise<boolean> {
  const create = command('CREATE', mailboxArgument(wire))
  const result = await session.run(create)
  if (result.status === 'OK') return true
  if (result.code === 'ALREADYEXISTS' || /exists/i.test(result.text)) return false
  throw session.refusal('CREATE', result)
}

/** False when the server refuses. */
export async function subscribe(session: Session, wire: string): Promise<boolean> {
  return (await session.run(command('SUBSCRIBE', mailboxArgument(wire)))).status === 'OK'
}
