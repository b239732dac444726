import { command, mailboxArgument } from '../wire/command.ts'
import type { Session } from '../wire/session.ts'
import { listOf, numberOf, parseTokens, textOf } from '../wire/tokens.ts'

const capability = /^APPENDLIMIT(?:=(\d{1,15}))?$/

/**
 * The largest message that the server takes into this folder (RFC 7889): one number for all folders in the capability, or an item
 * of STATUS. Undefined when it does not say, or says that there is no limit.
 */
export async function readAppendLimit(session: Session, wire: string): Promise<number | undefined> {
  const said = [...session.capabilities].map((name) => capability.exec(name)).find((match) => match !== null)
  if (said === undefined) return undefined
  if (said[1] !== undefined) return Number(said[1]) || undefined
  let limit: number | undefined
  await session.run(command('STATUS', mailboxArgument(wire), '(APPENDLIMIT)'), {
    untagged: (response) => {
      if (!/^\* STATUS /i.test(response.texts[0] ?? '')) return
      const items = listOf(parseTokens(response)[3]) ?? []
      const at = items.findIndex((item) => textOf(item)?.toUpperCase() === 'APPENDLIMIT')
      if (at !== -1) limit = numberOf(items[at + 1])
    },
  })
  return limit
}
