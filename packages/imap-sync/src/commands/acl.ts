import type { FolderRight } from '../folders/types.ts'
import { command, mailboxArgument } from '../wire/command.ts'
import type { Session } from '../wire/session.ts'
import { parseTokens, textOf } from '../wire/tokens.ts'

/** Commands on their way at once. */
const window = 20
/** Entries of one folder: more are not kept. */
const maxRights = 1000

/** Who has which rights on folders (RFC 4314), the owner included; empty where the server has no ACLs or tells us nothing. */
export async function readAcls(
  session: Session,
  wires: readonly string[],
): Promise<ReadonlyMap<string, readonly FolderRight[]>> {
  const acls = new Map<string, FolderRight[]>()
  if (!session.capabilities.has('ACL')) return acls
  for (let at = 0; at < wires.length; at += window)
    await Promise.all(
      wires.slice(at, at + window).map((wire) =>
        session.run(command('GETACL', mailboxArgument(wire)), {
          untagged: (response) => {
            if (!/^\* ACL /i.test(response.texts[0] ?? '')) return
            const [name, ...pairs] = parseTokens(response).slice(2)
            const rights: FolderRight[] = []
            for (let index = 0; index + 1 < pairs.length && rights.length < maxRights; index += 2)
              rights.push({ who: textOf(pairs[index]) ?? '', rights: textOf(pairs[index + 1]) ?? '' })
            acls.set(textOf(name) ?? '', rights)
          },
        }),
      ),
    )
  return acls
}
