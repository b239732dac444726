import { z } from 'zod'
import { configSchema } from './schema.ts'
import type { Shape } from './shape.ts'

/** JSON Schema (draft 2020-12) of `mailmove.yaml`, for editors. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = configSchema({ env: {}, directory: '/', mode: 'later', warn: () => {} })
  return {
    title: 'mailmove.yaml',
    ...z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' }),
  }
}

let shape: Shape | undefined

/** The same, made once, for finding out which keys there are. */
export function configShape(): Shape {
  shape ??= configJsonSchema()
  return shape
}
