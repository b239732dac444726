import { decodeText } from './decode-text.ts'
import { SieveSyntaxError } from './errors.ts'
import { Lexer, type Token } from './lexer.ts'
import { defaultLimits, type SieveLimits } from './limits.ts'
import { positionAt } from './position.ts'
import { quotedString, textString } from './string-value.ts'
import type {
  Argument,
  Block,
  Command,
  NumberArgument,
  Script,
  StringArgument,
  StringListArgument,
  Test,
} from './tree.ts'

export interface ParseOptions {
  readonly limits?: Partial<SieveLimits>
}

/** RFC 5228 §2.4.1; Pigeonhole takes 64 bits. */
const maxNumber = 2n ** 64n - 1n
const units: Readonly<Record<string, bigint>> = { k: 10n, m: 20n, g: 30n }

/**
 * Reads a script into a tree whose nodes know their place, byte by byte. Syntax only: whether commands exist and have
 * the right arguments is `check`'s part. Time and memory are linear in the script's size.
 *
 * @throws {SieveSyntaxError} with line, column and what was expected; also for scripts beyond the limits.
 */
export function parse(script: Uint8Array | string, options: ParseOptions = {}): Script {
  const source = typeof script === 'string' ? new TextEncoder().encode(script) : script
  const limits = { ...defaultLimits, ...options.limits }
  if (source.length > limits.maxBytes) {
    const reason = `the script has ${source.length} bytes, at most ${limits.maxBytes} are read`
    throw new SieveSyntaxError(reason, { line: 1, column: 1, offset: 0 }, { code: 'tooLarge' })
  }
  return new Parser(source, limits).script()
}

class Parser {
  readonly #source: Uint8Array
  readonly #limits: SieveLimits
  readonly #lexer: Lexer
  #token: Token
  #nodes = 0

  constructor(source: Uint8Array, limits: SieveLimits) {
    this.#source = source
    this.#limits = limits
    this.#lexer = new Lexer(source, (offset) => this.#count(offset))
    this.#token = this.#lexer.next()
  }

  script(): Script {
    const commands = this.#commands(0)
    if (this.#token.kind !== 'end') throw this.#unexpected(['command'])
    const { comments } = this.#lexer
    return { kind: 'script', source: this.#source, start: 0, end: this.#source.length, commands, comments }
  }

  #commands(depth: number): Command[] {
    const commands: Command[] = []
    while (this.#token.kind === 'identifier') commands.push(this.#command(depth))
    return commands
  }

  /** RFC 5228 §8.2: command = identifier arguments (";" / block) */
  #command(depth: number): Command {
    const head = this.#head(0)
    const token = this.#token
    if (token.kind === ';') {
      this.#advance()
      return { kind: 'command', ...head, end: token.end }
    }
    if (token.kind !== '{') throw this.#unexpected([';', '{'])
    const block = this.#block(depth)
    return { kind: 'command', ...head, end: block.end, block }
  }

  #block(depth: number): Block {
    const open = this.#token
    if (depth >= this.#limits.maxBlockDepth) {
      const reason = `blocks are nested more than ${this.#limits.maxBlockDepth} deep`
      throw this.#lexer.fail(reason, open.start, { code: 'tooDeep' })
    }
    this.#advance()
    const commands = this.#commands(depth + 1)
    const close = this.#token
    if (close.kind === 'end') {
      throw this.#unexpected(
        ['}'],
        `the script ends inside of the block that begins in ${this.#lineOf(open)}`,
      )
    }
    if (close.kind !== '}') throw this.#unexpected(['command', '}'])
    this.#advance()
    return { kind: 'block', start: open.start, end: close.end, commands }
  }

  /** An identifier with its arguments, tests included. */
  #head(depth: number): Omit<Test, 'kind'> {
    this.#count(this.#token.start)
    const nameSpan = { start: this.#token.start, end: this.#token.end }
    const name = this.#lower(nameSpan.start, nameSpan.end)
    let end = nameSpan.end
    this.#advance()
    const args: Argument[] = []
    for (let next = this.#argument(); next !== undefined; next = this.#argument()) {
      args.push(next)
      end = next.end
      if (args.length > this.#limits.maxArguments) {
        const reason = `"${name}" has more than ${this.#limits.maxArguments} arguments`
        throw this.#lexer.fail(reason, next.start, { code: 'tooMany' })
      }
    }
    const tests: Test[] = []
    const testList = this.#token.kind === '('
    if (testList) end = this.#testList(tests, depth)
    else if (this.#token.kind === 'identifier') end = this.#pushTest(tests, depth)
    return { start: nameSpan.start, end, name, nameSpan, arguments: args, tests, testList }
  }

  #testList(tests: Test[], depth: number): number {
    do {
      this.#advance()
      this.#expect(this.#is('identifier'), ['test'])
      this.#pushTest(tests, depth)
    } while (this.#is(','))
    this.#expect(this.#is(')'), [',', ')'])
    const { end } = this.#token
    this.#advance()
    return end
  }

  #pushTest(tests: Test[], depth: number): number {
    if (depth >= this.#limits.maxTestDepth) {
      const reason = `tests are nested more than ${this.#limits.maxTestDepth} deep`
      throw this.#lexer.fail(reason, this.#token.start, { code: 'tooDeep' })
    }
    const test: Test = { kind: 'test', ...this.#head(depth + 1) }
    tests.push(test)
    return test.end
  }

  #argument(): Argument | undefined {
    const token = this.#token
    const { kind, start, end } = token
    if (kind === '[') return this.#strings()
    if (kind === 'quoted' || kind === 'text') return this.#string()
    if (kind !== 'number' && kind !== 'tag') return undefined
    this.#count(start)
    this.#advance()
    return kind === 'number' ? this.#number(token) : { kind, start, end, name: this.#lower(start + 1, end) }
  }

  #strings(): StringListArgument {
    const { start } = this.#token
    const items: StringArgument[] = []
    this.#count(start)
    do {
      this.#advance()
      this.#expect(this.#is('quoted') || this.#is('text'), ['string'])
      items.push(this.#string())
    } while (this.#is(','))
    this.#expect(this.#is(']'), [',', ']'])
    const { end } = this.#token
    this.#advance()
    return { kind: 'strings', start, end, items }
  }

  #string(): StringArgument {
    const { kind, start, end } = this.#token
    this.#count(start)
    const node = (kind === 'text' ? textString : quotedString)(this.#source, start, end)
    this.#advance()
    return node
  }

  #number({ start, end }: Token): NumberArgument {
    const text = this.#lower(start, end)
    const shift = units[text.at(-1) ?? ''] ?? 0n
    const digits = shift === 0n ? text : text.slice(0, -1)
    // 20 digits hold 2^64; more would be work for nothing.
    const value = digits.replace(/^0+/, '').length > 20 ? maxNumber + 1n : BigInt(digits) << shift
    if (value > maxNumber) throw this.#lexer.fail(`a number beyond ${maxNumber}`, start, { found: 'number' })
    return { kind: 'number', start, end, value: Number(value) }
  }

  #is(kind: Token['kind']): boolean {
    return this.#token.kind === kind
  }

  #expect(fulfilled: boolean, what: readonly string[]): void {
    if (!fulfilled) throw this.#unexpected(what)
  }

  #advance(): void {
    this.#token = this.#lexer.next()
  }

  #count(offset: number): void {
    this.#nodes += 1
    if (this.#nodes <= this.#limits.maxNodes) return
    const reason = `the script has more than ${this.#limits.maxNodes} parts`
    throw new SieveSyntaxError(reason, positionAt(this.#source, offset), { code: 'tooMany' })
  }

  #lower(start: number, end: number): string {
    return decodeText(this.#source.subarray(start, end)).toLowerCase()
  }

  #lineOf(token: Token): string {
    return `line ${positionAt(this.#source, token.start).line}`
  }

  #unexpected(expected: readonly string[], reason?: string): SieveSyntaxError {
    const token = this.#token
    const found = this.#describe(token)
    const wanted = expected.map((what) => (/^\w/.test(what) ? `a ${what}` : `"${what}"`)).join(' or ')
    return this.#lexer.fail(reason ?? `expected ${wanted}, found ${found}`, token.start, {
      code: token.kind === 'end' ? 'unterminated' : 'syntax',
      expected,
      found,
    })
  }

  #describe({ kind, start, end }: Token): string {
    if (kind === 'end') return 'the end of the script'
    if (kind === 'quoted' || kind === 'text') return 'a string'
    return kind === 'number' ? 'a number' : `"${decodeText(this.#source.subarray(start, end))}"`
  }
}
