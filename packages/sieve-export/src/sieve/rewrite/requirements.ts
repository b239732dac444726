import { groupedByRequire, withoutExtensions } from '../require/edit-require.ts'
import { extensionUses, requiredBy } from '../require/extension-uses.ts'
import type { RewriteContext } from './context.ts'
import type { Change, Draft, Step } from './draft.ts'

/** Takes out of `require` what the new server lacks and the script does not use. */
export function dropUnusedExtensions(draft: Draft, { offered, texts }: RewriteContext): Step {
  const missing = [...requiredBy(draft)].filter((name) => !offered.has(name))
  const unused = [...extensionUses(missing, draft)]
    .filter(([, uses]) => uses.length === 0)
    .map(([name]) => name)
  const splices = groupedByRequire(draft.script, withoutExtensions(draft.script, new Set(unused)))
  const why = texts.unusedExtensions(unused)
  const changes = splices.map((splice): Change => ({ ...splice, kind: 'extension', why }))
  return { changes, notes: [] }
}
