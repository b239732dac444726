import type { OnReadOpts } from 'node:net'

// Sockets are read into blocks that are used again and again. Without them Node makes a new buffer for every read, and
// frees it only when the garbage collector comes round: hundreds of megabytes later when large messages pass.

/** What one read takes at most. */
const blockBytes = 256 * 1024
/** A block with less room than this is full. */
const leastRoom = 32 * 1024
/** Blocks kept for the next reader; more than that the garbage collector may have. */
const keptBlocks = 64

/** A piece of memory that some bytes lie in. Whoever wants them longer than he was called for holds it, and releases it once. */
export class Block {
  readonly bytes = Buffer.allocUnsafeSlow(blockBytes)
  readonly #free: (block: Block) => void
  #holders = 0

  constructor(free: (block: Block) => void) {
    this.#free = free
  }

  get holders(): number {
    return this.#holders
  }

  hold(): void {
    this.#holders += 1
  }

  release(): void {
    this.#holders -= 1
    if (this.#holders === 0) this.#free(this)
  }
}

/** For the whole process: how much a mailbox needs changes all the time. A block that is never released is merely lost to it. */
const freeBlocks: Block[] = []

function takeBlock(): Block {
  const block =
    freeBlocks.pop() ??
    new Block((freed) => {
      if (freeBlocks.length < keptBlocks) freeBlocks.push(freed)
    })
  block.hold()
  return block
}

/** The bytes are valid until the listener returns; longer for who holds the block. */
export type ChunkListener = (chunk: Buffer, block: Block) => void

/** Reads one socket into blocks: `onread` is for `net.connect` or `tls.connect`. Pausing and resuming is the socket's. */
export class BlockReader {
  #block = takeBlock()
  #used = 0
  #listener: ChunkListener | undefined
  readonly onread: OnReadOpts = {
    buffer: () => this.#room(),
    callback: (bytes) => {
      const chunk = this.#block.bytes.subarray(this.#used, this.#used + bytes)
      this.#used += bytes
      this.#listener?.(chunk, this.#block)
      return true
    },
  }

  /** Hands the bytes to somebody else from now on. The socket must be paused while nobody listens. */
  listen(listener: ChunkListener | undefined): void {
    this.#listener = listener
  }

  #room(): Buffer {
    if (this.#block.holders === 1) this.#used = 0
    else if (blockBytes - this.#used < leastRoom) {
      this.#block.release()
      this.#block = takeBlock()
      this.#used = 0
    }
    return this.#block.bytes.subarray(this.#used)
  }
}
