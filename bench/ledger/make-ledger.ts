import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { packDocument } from '../../packages/migration/src/ledger/json.ts'
import { openLedger } from '../../packages/migration/src/ledger/ledger.ts'

export interface LedgerSize {
  readonly domains: number
  readonly mailboxes: number
  readonly messages: number
}

export interface MadeLedger {
  readonly messages: number
  /** Rows of the UID map: consecutive UIDs with the same flags are one. */
  readonly runs: number
  /** Of the UID map and its indexes alone. */
  readonly mapBytes: number
  readonly bytes: number
}

const FOLDERS = [
  'INBOX',
  'Sent',
  'Drafts',
  'Trash',
  'Archive',
  'Archive.2019',
  'Rechnungen',
  'Kunden',
  'Privat',
  'Junk',
]
const at = '2026-11-24T20:00:00.000Z'

/** Fills a working folder with the ledger of a move that is nearly done: every domain surveyed, made, copied, verified, exported. */
export async function makeLedger(workDir: string, size: LedgerSize): Promise<MadeLedger> {
  await using made = await openLedger(workDir)
  await made.close()
  const file = join(workDir, 'ledger.sqlite')
  const database = new DatabaseSync(file)
  database.exec('pragma journal_mode = wal; pragma synchronous = off; begin')
  const fill = new Filler(database)
  for (let number = 0; number < size.domains; number += 1) {
    const mailboxes = share(size.mailboxes, size.domains, number)
    const before = Math.floor((size.mailboxes * number) / size.domains)
    fill.domain(
      `domain-${String(number).padStart(4, '0')}.example`,
      Array.from({ length: mailboxes }, (_, index) => share(size.messages, size.mailboxes, before + index)),
    )
  }
  database.exec('commit; pragma wal_checkpoint(truncate)')
  const mapBytes = Number(
    database.prepare(`select sum(pgsize) as bytes from dbstat where name like 'sync_runs%'`).get()?.[
      'bytes'
    ] ?? 0,
  )
  database.close()
  return { messages: fill.messages, runs: fill.runs, mapBytes, bytes: statSync(file).size }
}

/** The part of `all` that falls on one of `parts`, so that all of them sum up. */
function share(all: number, parts: number, index: number): number {
  return Math.floor((all * (index + 1)) / parts) - Math.floor((all * index) / parts)
}

class Filler {
  readonly #database: DatabaseSync
  messages = 0
  runs = 0
  #folderId = 0
  #runId = 0
  #seed = 1

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  #insert(table: string, values: Readonly<Record<string, SQLInputValue>>): void {
    const names = Object.keys(values)
    this.#database
      .prepare(`insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`)
      .run(...Object.values(values))
  }

  /** Always the same numbers: two benches have the same ledger. */
  #random(below: number): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0
    // Its low bits repeat.
    return (this.#seed >>> 8) % below
  }

  domain(domain: string, messages: readonly number[]): void {
    this.#insert('domains', { domain, first_seen_at: at })
    const boxes = messages.map((count, index) => ({ address: `user${index}@${domain}`, messages: count }))
    for (const box of boxes) this.#mailbox(domain, box.address, box.messages)
    const amounts = boxes.map((box) => ({ ...box, bytes: box.messages * 75_000 }))
    this.#stage(domain, 'survey', {
      domain,
      mailboxes: amounts.map(({ address, messages: count, bytes }) => ({
        address,
        active: true,
        skipped: false,
        oldQuotaBytes: 2 * bytes,
        newQuotaBytes: 2 * bytes + 1,
        size: { messages: count, bytes },
        folders: FOLDERS.map((source) => ({
          source,
          target: source,
          messages: count / FOLDERS.length,
          bytes,
        })),
        onMailcow: 'absent',
      })),
    })
    this.#stage(domain, 'warn', { domain })
    this.#stage(domain, 'provision', { domain, actions: boxes })
    this.#stage(domain, 'copy', {
      domain,
      mailboxes: amounts.map(({ address, messages: count, bytes }) => ({
        mailbox: address,
        outcome: 'done',
        bytesCopied: bytes,
        folders: FOLDERS.map((source) => ({
          source,
          target: source,
          messages: count / FOLDERS.length,
          fates: { copied: count / FOLDERS.length, alreadyThere: 0, setAside: 0, excluded: 0, vanished: 0 },
        })),
      })),
    })
    const verified = {
      domain,
      outcome: 'equal',
      mailboxes: amounts.map(({ address, messages: count, bytes }) => ({
        mailbox: address,
        outcome: 'equal',
        sourceMessages: count,
        targetMessages: count,
        matched: count,
        bytes,
        differences: [],
        differenceCount: 0,
      })),
    }
    this.#stage(domain, 'verify', verified)
    for (let n = 0; n < 3; n += 1)
      this.#insert('verify_reports', {
        domain,
        coverage: 'full',
        green: 1,
        at,
        ...packed(verified),
      })
    this.#stage(domain, 'export', { domain })
    for (const [code, severity] of [
      ['folder-renamed', 'info'],
      ['alias-inactive', 'yellow'],
    ] as const)
      for (const { address } of boxes.slice(0, 5))
        this.#insert('findings', {
          domain,
          scope: 'survey',
          code,
          item: address,
          severity,
          message: 'Something that an admin should know of this mailbox, in a sentence.',
          remedy: 'Nothing to do.',
          first_seen_at: at,
          last_seen_at: at,
        })
  }

  #stage(domain: string, stage: string, report: unknown): void {
    this.#runId += 1
    this.#insert('stage_runs', {
      id: this.#runId,
      domain,
      stage,
      state: 'done',
      started_at: at,
      ended_at: at,
      summary: `${stage} is done`,
    })
    this.#insert('stage_reports', { run_id: this.#runId, ...packed(report) })
  }

  #mailbox(domain: string, address: string, messages: number): void {
    this.#insert('mailboxes', { address, domain, quota_bytes: 2 ** 31, active: 1, listed: 1 })
    this.#insert('objects', {
      domain,
      kind: 'mailbox',
      key: address,
      state: 'created',
      intended_at: at,
      created_at: at,
    })
    const counts = {
      copy: {
        copied: messages,
        alreadyThere: 0,
        setAside: 0,
        excluded: 0,
        vanished: 0,
        sourceMessages: messages,
      },
      verify: { sourceMessages: messages, matched: messages, differences: 0 },
      export: { scripts: 1, installed: 1, contacts: 12, imported: 0 },
    }
    for (const [stage, of] of Object.entries(counts))
      this.#insert('mailbox_results', { address, stage, state: 'done', at, counts: JSON.stringify(of) })
    for (const operation of ['mailboxes.add', 'notices.append'])
      this.#insert('writes', {
        domain,
        system: 'mailcow',
        operation,
        item: address,
        payload: JSON.stringify({ quotaBytes: 2 ** 31, name: address, active: true }),
        intended_at: at,
        outcome: 'done',
        ended_at: at,
      })
    this.#insert('notices', {
      domain,
      recipient: address,
      kind: 'pre-warning',
      occasion: '',
      version: 'abcdef0123456789',
      round: 1,
      language: 'de',
      via: 'append',
      message_id: `<${address}>`,
      attempts: 1,
      intended_at: at,
      outcome: 'delivered',
      ended_at: at,
    })
    for (const [position, source] of FOLDERS.entries()) {
      this.#insert('folder_map', {
        mailbox: address,
        source,
        target: source,
        entry: JSON.stringify({ source, target: source, sourceWire: source, targetWire: source }),
        position,
      })
      this.#folder(address, source, share(messages, FOLDERS.length, position))
    }
  }

  #folder(mailbox: string, source: string, messages: number): void {
    this.#folderId += 1
    this.#insert('sync_folders', {
      id: this.#folderId,
      mailbox,
      source,
      target: source,
      source_uid_validity: 1_400_000_000,
      target_uid_validity: 1_700_000_000,
      created: 1,
      checkpoint: JSON.stringify({ uidNext: messages * 2, exists: messages, highestModseq: '12345' }),
    })
    let uid = 1
    for (let target = 1; target <= messages;) {
      // Gaps where somebody deleted, and other flags: half of the runs are short, the rest is of some fifty messages.
      const length = this.#random(2) === 0 ? 1 + this.#random(6) : 20 + this.#random(60)
      const count = Math.min(length, messages - target + 1)
      this.#insert('sync_runs', {
        folder_id: this.#folderId,
        kind: 'pair',
        source: uid,
        target,
        count,
        flags: this.#random(4) === 0 ? '\\Answered \\Seen' : '\\Seen',
        origin: 'copied',
      })
      this.runs += 1
      this.messages += count
      target += count
      uid += count + 1 + this.#random(5)
    }
  }
}

function packed(document: unknown): { readonly digest: string; readonly body: Uint8Array } {
  const { digest, body } = packDocument(document)
  return { digest, body }
}
