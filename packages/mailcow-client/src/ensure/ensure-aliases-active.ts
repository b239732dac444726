import type { Alias, AliasTargets } from '../alias.ts'
import { specialTarget } from '../alias-request.ts'
import type { MailcowClient } from '../client.ts'
import type { ItemResult, MailcowError } from '../errors.ts'
import { answerItems } from '../items.ts'
import type { SettleOptions } from '../options.ts'
import { notAsIntended } from '../read-back.ts'
import type { IntendedWrite } from './ensure.ts'

export interface EnsureAliasesOptions extends SettleOptions {
  /** What a list shows of these aliases: it is not read again before. */
  readonly known?: readonly Alias[] | undefined
  /** Awaited before each call, with the aliases that it changes; when it rejects, nothing is sent. */
  readonly beforeWrite?:
    | ((write: IntendedWrite & { readonly aliases: readonly Alias[] }) => Promise<void> | void)
    | undefined
}

/**
 * Switches many aliases on or off: one list before, one call for all (one more for each special target among them:
 * mailcow wants it sent again, it does not take its own `null@localhost` for a target), and one list after. Ids are
 * those of the list. Resolves with a result for each id; rejects with `bulk` when one is not as wanted, unless `settle`
 * is set. Repeatable: what is right is not written.
 */
export async function ensureAliasesActive(
  client: MailcowClient,
  wanted: { readonly ids: readonly number[]; readonly active: boolean },
  options: EnsureAliasesOptions = {},
): Promise<readonly ItemResult[]> {
  const { ids, active } = wanted
  if (ids.length === 0) return []
  const { signal, known, beforeWrite } = options
  const before = byId(known ?? (await client.aliases.list(undefined, { signal })))
  const wrong = ids.flatMap((id) => before.get(id) ?? []).filter((alias) => alias.active !== active)
  const refused = new Map<string, MailcowError>()
  for (const [targets, aliases] of byTargets(wrong)) {
    await beforeWrite?.({ outcome: 'changed', changes: changeTo(active), aliases })
    const attr = { active, ...(targets === undefined ? {} : { targets }) }
    for (const result of await client.aliases.edit(
      aliases.map(({ id }) => id),
      attr,
      { signal, settle: true },
    ))
      if (!result.ok) refused.set(result.item, result.error)
  }
  const after = wrong.length === 0 ? before : byId(await client.aliases.list(undefined, { signal }))
  const results = ids.map((id): ItemResult => {
    const item = String(id)
    const found = after.get(id)
    if (found?.active === active) return { item, ok: true }
    const field = found === undefined ? 'existence' : 'active'
    return { item, ok: false, error: refused.get(item) ?? notAsIntended('edit/alias', item, [field]) }
  })
  return answerItems(ids, results, options) ?? results
}

function changeTo(active: boolean): IntendedWrite['changes'] {
  return [{ field: 'active', from: !active, to: active }]
}

function byId(aliases: readonly Alias[]): ReadonlyMap<number, Alias> {
  return new Map(aliases.map((alias) => [alias.id, alias]))
}

/** The aliases of each special target, and the ordinary ones under undefined. */
function byTargets(aliases: readonly Alias[]): ReadonlyMap<AliasTargets | undefined, readonly Alias[]> {
  return Map.groupBy(aliases, ({ targets }) => specialTarget(targets))
}
