import type { Paint } from '../ui/paint.ts'
import { visible, wrap } from '../ui/text.ts'

/** What a renderer needs to know of the place it writes for. */
export interface RenderStyle {
  /** Columns; infinite where nothing has to be wrapped. */
  readonly width: number
  readonly paint: Paint
  /** `--verbose`: the details too. */
  readonly verbose: boolean
  /** Turns `mailmove ...` in a text into what must be typed here. */
  readonly typed: (text: string) => string
}

/** Text of a library or server, wrapped and indented; control characters are shown, not sent. */
export function paragraph(
  text: string,
  indent: string,
  { width }: Pick<RenderStyle, 'width'>,
  first = indent,
): string {
  return wrap(visible(text), width - indent.length)
    .map((line, index) => (index === 0 ? first : indent) + line)
    .join('\n')
}

/** `Next: COMMAND`, never wrapped so that it can be copied. */
export function nextLine(next: string | undefined, { paint, typed }: RenderStyle): string[] {
  return next === undefined || next === '' ? [] : [`${paint('bold', 'Next:')} ${visible(typed(next))}`]
}

/** Blocks with an empty line between them; empty blocks vanish. */
export function blocks(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n')
}
