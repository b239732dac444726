import type { Socket } from 'node:net'
import { readCommand } from './command.ts'
import type { ProxyCommand } from './command.ts'
import type { PendingInterception } from './interception.ts'
import { runLane, write } from './lane.ts'
import type { LaneSpeed } from './lane.ts'
import { LineScanner } from './line-scanner.ts'
import type { Piece } from './line-scanner.ts'

/** What a connection tells the proxy, and asks of it. */
export interface ConnectionHost {
  readonly speed: LaneSpeed
  onCommand(command: ProxyCommand): void
  /** Counts bytes that are about to pass on; true when the connection is to be cut before them. */
  onBytes(from: 'client' | 'server', count: number): boolean
  findInterception(command: ProxyCommand): PendingInterception | undefined
}

interface Watched {
  readonly command: ProxyCommand
  readonly interception: PendingInterception
}

/** One client with its own connection to the server. Ends when either side does, or when it is cut. */
export class ProxiedConnection {
  readonly #number: number
  readonly #client: Socket
  readonly #server: Socket
  readonly #host: ConnectionHost
  readonly #clientLines = new LineScanner()
  readonly #serverLines = new LineScanner()
  readonly #ended = new AbortController()
  /** The command now passing from the client, when a rule took it, and how much of it may still pass. */
  #passing: (Watched & { left: number }) | undefined
  /** Commands whose answers are withheld, in order. */
  #withheld: Watched[] = []
  #heldPieces: Buffer[] = []

  constructor(number: number, client: Socket, server: Socket, host: ConnectionHost) {
    this.#number = number
    this.#client = client
    this.#server = server
    this.#host = host
  }

  async run(): Promise<void> {
    const { signal } = this.#ended
    const lanes = [
      runLane(this.#client, this.#host.speed, (chunk) => this.#fromClient(chunk), signal),
      runLane(this.#server, this.#host.speed, (chunk) => this.#fromServer(chunk), signal),
    ].map(async (lane, index) => {
      try {
        await lane
        // An orderly end is passed on; the other direction may still have something to say.
        ;(index === 0 ? this.#server : this.#client).end()
      } catch {
        this.cut()
      }
    })
    await Promise.all(lanes)
    this.cut()
  }

  cut(): void {
    this.#ended.abort()
    this.#client.destroy()
    this.#server.destroy()
  }

  async #fromClient(chunk: Buffer): Promise<void> {
    for (const piece of this.#clientLines.push(chunk)) {
      if (piece.head !== undefined) await this.#commandArrived(piece.head)
      await this.#passToServer(piece)
    }
  }

  async #commandArrived(line: string): Promise<void> {
    const command = readCommand(this.#number, line)
    if (command === undefined) return
    this.#host.onCommand(command)
    const interception = this.#host.findInterception(command)
    if (interception === undefined) return
    const { when, bytes = 0 } = interception.rule
    if (when === 'arrived') await this.#act({ command, interception })
    else this.#passing = { command, interception, left: when === 'midway' ? bytes : Number.POSITIVE_INFINITY }
  }

  async #passToServer({ bytes, end }: Piece): Promise<void> {
    const passing = this.#passing
    if (passing === undefined) return this.#send('client', bytes)
    if (passing.left < bytes.length) {
      await this.#send('client', bytes.subarray(0, passing.left))
      await this.#act(passing)
      const rest = bytes.subarray(passing.left)
      this.#passing = undefined
      return this.#send('client', rest)
    }
    passing.left -= bytes.length
    if (end === undefined) return this.#send('client', bytes)
    this.#passing = undefined
    const { when, action } = passing.interception.rule
    // Withholding starts before the last byte is on its way: the answer may be quick.
    if (when === 'answered' || action === 'hold') this.#withheld.push(passing)
    await this.#send('client', bytes)
    if (when === 'sent') {
      if (action === 'hold') void passing.interception.act(passing.command)
      else await this.#leaveToServer(passing)
    }
  }

  /** Cuts the client off, and lets the server have everything that was sent to it. */
  async #leaveToServer({ command, interception }: Watched): Promise<void> {
    this.#client.destroy()
    this.#server.end()
    void interception.act(command)
    await new Promise((resolve) => {
      this.#server.once('close', resolve)
      this.#server.resume()
    })
  }

  async #fromServer(chunk: Buffer): Promise<void> {
    for (const piece of this.#serverLines.push(chunk)) {
      const first = this.#withheld[0]
      if (first === undefined) {
        await this.#send('server', piece.bytes)
        continue
      }
      this.#heldPieces.push(piece.bytes)
      const { when } = first.interception.rule
      if (when === 'answered' && piece.end?.text.startsWith(`${first.command.tag} `) !== true) continue
      await this.#act(first)
      this.#withheld.shift()
      const held = Buffer.concat(this.#heldPieces)
      this.#heldPieces = []
      await this.#send('server', held)
    }
  }

  async #act({ command, interception }: Watched): Promise<void> {
    if (interception.rule.action === 'cut') {
      this.cut()
      void interception.act(command)
      throw new Error('cut')
    }
    const { signal } = this.#ended
    await Promise.race([
      interception.act(command),
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('cut')))
      }),
    ])
  }

  async #send(from: 'client' | 'server', bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return
    if (this.#host.onBytes(from, bytes.length)) {
      this.cut()
      throw new Error('cut')
    }
    await write(from === 'client' ? this.#server : this.#client, bytes)
  }
}
