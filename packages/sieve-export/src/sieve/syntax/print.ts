import type { Argument, Block, Command, Script, Span, Test } from './tree.ts'

/** The bytes of a tree: for every script that `parse` takes, `print(parse(script))` is the script, byte for byte. */
export function print(script: Script): Uint8Array {
  const out = new Output(script)
  for (const command of script.commands) out.command(command)
  out.upTo(script.end)
  return out.bytes()
}

/** Goes through the tree from left to right; what stands between two nodes goes along. */
class Output {
  readonly #source: Uint8Array
  readonly #bytes: Uint8Array
  #written = 0
  #at = 0

  constructor(script: Script) {
    this.#source = script.source
    this.#bytes = new Uint8Array(script.end - script.start)
    this.#at = script.start
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#written)
  }

  upTo(offset: number): void {
    if (offset < this.#at) throw new RangeError(`the tree's nodes are out of order at byte ${offset}`)
    this.#bytes.set(this.#source.subarray(this.#at, offset), this.#written)
    this.#written += offset - this.#at
    this.#at = offset
  }

  command(command: Command): void {
    this.#head(command)
    if (command.block !== undefined) this.#block(command.block)
    this.upTo(command.end)
  }

  #block(block: Block): void {
    this.upTo(block.start)
    for (const command of block.commands) this.command(command)
    this.upTo(block.end)
  }

  #head(node: Command | Test): void {
    this.upTo(node.start)
    this.#leaf(node.nameSpan)
    for (const argument of node.arguments) this.#argument(argument)
    for (const test of node.tests) {
      this.#head(test)
      this.upTo(test.end)
    }
  }

  #argument(argument: Argument): void {
    if (argument.kind === 'strings') for (const item of argument.items) this.#leaf(item)
    this.#leaf(argument)
  }

  #leaf(span: Span): void {
    if (span.start > this.#at) this.upTo(span.start)
    this.upTo(span.end)
  }
}
