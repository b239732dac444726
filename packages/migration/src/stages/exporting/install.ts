import { createHash } from 'node:crypto'
import { isManageSieveError, type ManageSieveClient, ManageSieveError } from '@iteg/sieve-export'
import { z } from 'zod'
import type { Ledger } from '../../ledger/ledger.ts'
import type { WriteIntent } from '../../ledger/writes.ts'
import { asSentence } from '../sentence.ts'
import type { FilterInstall } from './export-report.ts'
import {
  type InstallPlan,
  type InstallStep,
  namesToRead,
  planInstall,
  type ScriptOfOurs,
  type ScriptThere,
  type WantedScript,
} from './install-plan.ts'

export interface InstallRequest {
  readonly domain: string
  readonly mailbox: string
  /** Included scripts first, the active one last; empty when none is active. */
  readonly scripts: readonly (WantedScript & { readonly content: Uint8Array })[]
  /** Why there is nothing to install, when there is not. */
  readonly nothing: string
  readonly activate: boolean
  readonly dryRun: boolean
}

/**
 * Brings the scripts of one mailbox on mailcow to what {@link planInstall} says: each write on record before it is sent,
 * and read back. An earlier run that died in the middle is settled first. Rejects with `ManageSieveError` when the session
 * is lost.
 */
export async function installFilters(
  client: ManageSieveClient,
  ledger: Ledger,
  request: InstallRequest,
): Promise<FilterInstall> {
  const { domain, mailbox, dryRun } = request
  if (!dryRun) await settleInstalls(client, ledger, request)
  const ours = await recorded(ledger, domain, mailbox)
  const there = await scriptsThere(client, namesToRead({ wanted: request.scripts, ours }))
  const plan = planInstall({ wanted: request.scripts, there, ours, activate: request.activate })
  if (dryRun || plan.steps.length === 0) return described(request, plan, ours)
  for (const step of plan.steps) {
    try {
      await carryOut(client, ledger, request, step)
    } catch (error) {
      // A NO: the session goes on, and so do the other mailboxes.
      if (!isManageSieveError(error) || !client.isAlive) throw error
      return {
        outcome: 'failed',
        ...(plan.name === undefined ? {} : { name: plan.name }),
        active: false,
        message: asSentence(`mailcow did not take it: ${error.message}`),
      }
    }
  }
  return described(request, plan, ours)
}

function described(
  { nothing, dryRun, scripts }: InstallRequest,
  plan: InstallPlan,
  ours: readonly ScriptOfOurs[],
): FilterInstall {
  const { name, active, left, otherActive, steps } = plan
  const named = name === undefined ? {} : { name }
  if (left !== undefined) return { outcome: 'left', ...named, active, message: left }
  if (dryRun && steps.length > 0)
    return { outcome: 'planned', ...named, active, message: `Would be put on mailcow as ${quoted(name)}.` }
  if (scripts.length === 0)
    return steps.length === 0
      ? { outcome: 'none', active, message: nothing }
      : {
          outcome: 'updated',
          ...named,
          active,
          message: `No script is active any more: ${quoted(name)} was switched off.`,
        }
  const state =
    otherActive === undefined
      ? active
        ? 'It is the active one there.'
        : 'It is not active there.'
      : `It is not active: ${quoted(otherActive)} is, and stays so.`
  if (steps.length === 0)
    return { outcome: 'unchanged', ...named, active, message: `${quoted(name)} is there. ${state}` }
  const isKnown = ours.some((script) => script.name === name)
  return isKnown
    ? { outcome: 'updated', ...named, active, message: `${quoted(name)} was brought up to date. ${state}` }
    : { outcome: 'installed', ...named, active, message: `It is on mailcow as ${quoted(name)}. ${state}` }
}

function quoted(name: string | undefined): string {
  return JSON.stringify(name ?? '')
}

async function carryOut(
  client: ManageSieveClient,
  ledger: Ledger,
  { domain, mailbox, scripts }: InstallRequest,
  step: InstallStep,
): Promise<void> {
  const intent = intentOf(domain, mailbox, step)
  const write = await ledger.writes.recordIntent(intent)
  try {
    if (step.kind === 'put') {
      const content = scripts.find(({ source }) => source === step.source)?.content ?? new Uint8Array()
      await client.putScript(step.name, content)
    } else if (step.kind === 'activate') await client.setActive(step.name)
    else if (step.kind === 'deactivate') await client.setActive(undefined)
  } catch (error) {
    const message = error instanceof Error ? error.message : 'unknown reason'
    await ledger.writes.recordOutcome(write, { outcome: client.isAlive ? 'failed' : 'unknown', message })
    throw error
  }
  const isThere = await outcomeOf(client, intent)
  await ledger.writes.recordOutcome(write, {
    outcome: isThere ? 'done' : 'failed',
    ...remoteIdOf(step),
    ...(isThere ? {} : { message: 'read back, it was not as written' }),
  })
  if (!isThere)
    throw new ManageSieveError('refused', 'it took the script, but read back it was not as written')
}

const SYSTEM = 'new-sieve'
const PUT = 'sieve.put'
const ACTIVATE = 'sieve.activate'
const DEACTIVATE = 'sieve.deactivate'

function intentOf(domain: string, mailbox: string, step: InstallStep): WriteIntent {
  const item = objectKey(mailbox, step.name)
  const common = { domain, system: SYSTEM, item } as const
  switch (step.kind) {
    case 'put':
    case 'adopt':
      return {
        ...common,
        operation: PUT,
        payload: { source: step.source, sha256: step.sha256 },
        creates: { kind: 'sieve-script', key: item },
      }
    case 'activate':
      return { ...common, operation: ACTIVATE, creates: { kind: 'active-sieve-script', key: item } }
    case 'deactivate':
      return { ...common, operation: DEACTIVATE, removes: { kind: 'active-sieve-script', key: item } }
    default:
      return step satisfies never
  }
}

function remoteIdOf(step: InstallStep): { readonly remoteId?: string } {
  return 'sha256' in step ? { remoteId: step.sha256 } : {}
}

/** Names of scripts hold no `/` on a Dovecot; so the last one ends the address. */
function objectKey(mailbox: string, name: string): string {
  return `${mailbox}/${name}`
}

function nameIn(mailbox: string, key: string): string | undefined {
  const name = key.slice(mailbox.length + 1)
  return key.startsWith(`${mailbox}/`) && !name.includes('/') ? name : undefined
}

async function recorded(ledger: Ledger, domain: string, mailbox: string): Promise<readonly ScriptOfOurs[]> {
  const objects = (await ledger.objects.list(domain)).filter((object) => object.state === 'created')
  const madeAt = objects.find(({ kind, key }) => kind === 'mailbox' && key === mailbox)?.createdAt
  return objects.flatMap(({ kind, key, remoteId, createdAt }) => {
    const name = kind === 'sieve-script' ? nameIn(mailbox, key) : undefined
    // The mailbox was made anew since: what we put into the one before went with it.
    const isOfEarlier = madeAt !== undefined && createdAt !== undefined && createdAt < madeAt
    if (name === undefined || isOfEarlier) return []
    const activated = objects.some((other) => other.kind === 'active-sieve-script' && other.key === key)
    return [{ name, sha256: remoteId, activated }]
  })
}

async function scriptsThere(
  client: ManageSieveClient,
  names: ReadonlySet<string>,
): Promise<readonly ScriptThere[]> {
  const there: ScriptThere[] = []
  for (const { name, active } of await client.listScripts())
    there.push(
      names.has(name) ? { name, active, sha256: digestOf(await client.getScript(name)) } : { name, active },
    )
  return there
}

export function digestOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

const payloadSchema = z.object({ sha256: z.string() })

/** Whether the server is as the write would have it. */
async function outcomeOf(
  client: ManageSieveClient,
  { operation, item, payload }: Pick<WriteIntent, 'operation' | 'item' | 'payload'>,
): Promise<boolean> {
  const name = item.slice(item.lastIndexOf('/') + 1)
  const listed = (await client.listScripts()).find((script) => script.name === name)
  if (operation === ACTIVATE) return listed?.active === true
  if (operation === DEACTIVATE) return listed?.active !== true
  const parsed = payloadSchema.safeParse(payload)
  return (
    listed !== undefined && parsed.success && digestOf(await client.getScript(name)) === parsed.data.sha256
  )
}

/** What an earlier run left open: it died between a write and its answer. */
export async function settleInstalls(
  client: ManageSieveClient,
  ledger: Ledger,
  { domain, mailbox }: Pick<InstallRequest, 'domain' | 'mailbox'>,
): Promise<void> {
  for (const write of await ledger.writes.open(domain)) {
    if (write.system !== SYSTEM || nameIn(mailbox, write.item) === undefined) continue
    const isThere = await outcomeOf(client, write)
    const parsed = payloadSchema.safeParse(write.payload)
    await ledger.writes.recordOutcome(write.id, {
      outcome: isThere ? 'done' : 'failed',
      message: `read back by a later run: it is ${isThere ? 'there' : 'not there'}`,
      ...(isThere && parsed.success ? { remoteId: parsed.data.sha256 } : {}),
    })
  }
}

/** Whether the record knows of anything that we put into the mailbox, or were about to. */
export async function hasInstalled(ledger: Ledger, domain: string, mailbox: string): Promise<boolean> {
  const objects = await ledger.objects.list(domain, 'sieve-script')
  return objects.some(({ key, state }) => state !== 'removed' && nameIn(mailbox, key) !== undefined)
}
