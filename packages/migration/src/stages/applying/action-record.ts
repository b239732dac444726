import { z } from 'zod'
import type { WriteIntent } from '../../ledger/writes.ts'
import type { PlannedAction } from '../plan-report.ts'
import { policyKey } from '../planning/spam.ts'

/** The action as the ledger keeps it: what it makes or takes away decides whose an object is. */
export function intentOf(domain: string, action: PlannedAction): WriteIntent {
  return {
    domain,
    system: 'mailcow',
    operation: action.kind,
    item: action.item,
    // As text: the ledger blanks everything called `password`, and here that is only the word `own` or `shared`.
    payload: { action: JSON.stringify(action) },
    ...creates(domain, action),
    ...removes(action),
  }
}

function creates(domain: string, action: PlannedAction): Pick<WriteIntent, 'creates'> {
  switch (action.kind) {
    case 'add-forwarding-host':
      return { creates: { kind: 'forwarding-host', key: action.host } }
    case 'add-transport':
      return { creates: { kind: 'transport', key: domain } }
    case 'add-domain':
      return { creates: { kind: 'domain', key: domain } }
    case 'add-mailbox':
      return { creates: { kind: 'mailbox', key: action.address } }
    case 'add-filter':
      return { creates: { kind: 'filter', key: action.mailbox } }
    case 'add-policy':
      return { creates: { kind: 'policy', key: policyKey(action) } }
    case 'set-spam-score':
      return { creates: { kind: 'spam-score', key: action.mailbox } }
    case 'add-alias':
      return { creates: { kind: 'alias', key: action.address } }
    case 'edit-transport':
    case 'edit-domain-limits':
    case 'edit-domain-relay':
    case 'import-dkim':
    case 'edit-mailbox':
    case 'edit-filter':
    case 'delete-filter':
    case 'edit-alias':
    case 'delete-alias':
      return {}
    default:
      return action satisfies never
  }
}

function removes(action: PlannedAction): Pick<WriteIntent, 'removes'> {
  if (action.kind === 'delete-alias') return { removes: { kind: 'alias', key: action.item } }
  if (action.kind === 'delete-filter') return { removes: { kind: 'filter', key: action.item } }
  return {}
}

const payload = z.object({ action: z.string() })
const recorded = z.looseObject({ kind: z.string(), item: z.string() })

/** The action of a recorded write of provision; `undefined` for the writes of other stages. */
export function actionOf(write: { readonly payload?: unknown }): PlannedAction | undefined {
  const text = payload.safeParse(write.payload)
  if (!text.success) return undefined
  try {
    const action: unknown = JSON.parse(text.data.action)
    return isAction(action) ? action : undefined
  } catch {
    return undefined
  }
}

// Written by intentOf and kept by the ledger, which checks its own contents; the kind is enough to know it again.
function isAction(value: unknown): value is PlannedAction {
  const parsed = recorded.safeParse(value)
  return parsed.success && KINDS.has(parsed.data.kind)
}

const KINDS: ReadonlySet<string> = new Set<PlannedAction['kind']>([
  'add-forwarding-host',
  'add-transport',
  'edit-transport',
  'add-domain',
  'edit-domain-limits',
  'edit-domain-relay',
  'import-dkim',
  'add-mailbox',
  'edit-mailbox',
  'add-filter',
  'edit-filter',
  'delete-filter',
  'add-policy',
  'set-spam-score',
  'add-alias',
  'edit-alias',
  'delete-alias',
])
