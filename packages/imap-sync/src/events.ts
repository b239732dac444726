import type { FolderReport, SyncFinding } from './report.ts'

/** What goes on, for progress displays and logs. Events inform, they never steer. Folder names are for people. */
export type SyncEvent =
  | { readonly kind: 'connected'; readonly side: 'source' | 'target' }
  | {
      readonly kind: 'reconnecting'
      readonly side: 'source' | 'target'
      readonly attempt: number
      readonly delayMs: number
      readonly reason: string
    }
  | { readonly kind: 'recovered'; readonly folder: string; readonly messages: number }
  /** What is to be copied, as far as known: grows while folders are scanned. Bytes as the source announces them. */
  | { readonly kind: 'planned'; readonly folder: string; readonly messages: number; readonly bytes: number }
  | { readonly kind: 'folderCreated'; readonly folder: string }
  /** Stored on the target and remembered. */
  | { readonly kind: 'copied'; readonly folder: string; readonly messages: number; readonly bytes: number }
  /** What is handed to the target now and not stored yet, of all folders: an absolute number, a few times a second on slow links. */
  | { readonly kind: 'underWay'; readonly messages: number; readonly bytes: number }
  | { readonly kind: 'alreadyThere'; readonly folder: string; readonly messages: number }
  | {
      readonly kind: 'setAside'
      readonly folder: string
      readonly uid: number
      readonly reason: string
      readonly file: string
    }
  | {
      readonly kind: 'changed'
      readonly folder: string
      readonly what: 'flags' | 'moved' | 'deleted'
      readonly messages: number
    }
  /**
   * Nothing moves for now, on purpose. `throttled`: by our own cap for bytes per second. `backoff`: `side` has asked for patience, in the
   * words of `message`. `connection`: as many are open as may be; `delayMs` is then 0, for nobody knows.
   */
  | {
      readonly kind: 'waiting'
      readonly reason: 'throttled' | 'backoff' | 'connection'
      readonly side?: 'source' | 'target'
      readonly delayMs: number
      readonly message?: string
    }
  | { readonly kind: 'finding'; readonly finding: SyncFinding }
  | { readonly kind: 'folderDone'; readonly report: FolderReport }

/** Progress of `verifyMailbox`. */
export type VerifyEvent =
  | Extract<SyncEvent, { readonly kind: 'connected' | 'reconnecting' | 'waiting' }>
  | { readonly kind: 'planned'; readonly messages: number; readonly bytes: number }
  | {
      readonly kind: 'hashed'
      readonly side: 'source' | 'target'
      readonly folder: string
      readonly messages: number
      readonly bytes: number
    }
  | { readonly kind: 'folderDone'; readonly folder: string; readonly ok: boolean }
