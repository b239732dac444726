import { fieldsOf, isList, type Shape } from './shape.ts'

/**
 * Data of a shape: `full`, where everything is there, or sparse, where all that may be absent is. Each template is
 * rendered with both when it is loaded, so that a mistake shows before the first notice is made.
 */
export function trialData(shape: Shape, full: boolean): unknown {
  if (typeof shape === 'string') {
    if (shape.endsWith('?') && !full) return undefined
    const leaf = shape.replace('?', '')
    if (leaf === 'text') return 'text'
    if (leaf === 'number') return full ? 2 : 0
    return leaf === 'boolean' ? full : '2026-11-30'
  }
  if (isList(shape)) return full ? [trialData(shape[0], true), trialData(shape[0], true)] : []
  if ('?' in shape && !full) return undefined
  return Object.fromEntries(
    Object.entries(fieldsOf(shape) ?? {}).map(([key, field]) => [key, trialData(field, full)]),
  )
}
