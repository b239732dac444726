/** Limits that hold for a whole process; make one with `sharedLimits` and hand it to every mailbox. */
export interface SharedLimits {
  /** Takes `bytes` of the memory budget, waiting until they are free; a request above the whole budget waits for all of it. */
  acquire(bytes: number, signal?: AbortSignal): Promise<() => void>
  /** Waits as long as the bandwidth cap asks for after `bytes` have passed; resolves to the milliseconds waited. */
  throttle(bytes: number, signal?: AbortSignal): Promise<number>
}

export interface SharedLimitsOptions {
  /** Bytes of messages in memory at once. Default 64 MiB. */
  readonly memoryBytes?: number
  /** 0 or absent: no cap. */
  readonly maxBytesPerSecond?: number
}

/** Makes the limits that mailboxes of one process share. */
export function sharedLimits(_options: SharedLimitsOptions = {}): SharedLimits {
  throw new Error('being written')
}
