import { styleText } from 'node:util'

/** The few styles in use; colour never carries a meaning that the words do not. */
export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green'

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string

export const plain: Paint = (_style, text) => text

/** Colours where `stream` shows them; honours NO_COLOR, NODE_DISABLE_COLORS and FORCE_COLOR. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  return (style, text) => (text === '' ? text : styleText(style, text, { stream }))
}
