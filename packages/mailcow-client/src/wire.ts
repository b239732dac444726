import { z } from 'zod'

/** A number; mailcow sends some as strings ("0"). */
export const integer = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
])

/** A boolean: mailcow sends 0/1, "0"/"1", true/false. */
export const flag = z.union([
  z.boolean(),
  z.number().transform((value) => value !== 0),
  z.enum(['', '0', '1']).transform((value) => value === '1'),
])

export const text = z.string()
export const nullableText = z.string().nullable()

/** Text that mailcow sends as a number where it looks like one. */
export const looseText = z.union([z.string(), z.number().transform(String)])

/** Field that only repeats another one (`active_int`) or drives the web UI (`percent_class`). */
export const ignored = z.unknown().transform(() => undefined)
