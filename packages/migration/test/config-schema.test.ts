import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { configJsonSchema } from '../src/config/index.ts'

it('is what mailmove.schema.json holds (npm run schema -w packages/migration)', async () => {
  const published: unknown = JSON.parse(
    await readFile(new URL('../mailmove.schema.json', import.meta.url), 'utf8'),
  )
  expect(published).toEqual(JSON.parse(JSON.stringify(configJsonSchema())))
})

it('describes every key', () => {
  const bare: string[] = []
  const visit = (shape: unknown, path: string): void => {
    if (typeof shape !== 'object' || shape === null) return
    if ('properties' in shape)
      for (const [key, value] of Object.entries(shape.properties ?? {})) {
        const isSection =
          typeof value === 'object' && value !== null && ('properties' in value || 'const' in value)
        if (!isSection && !('description' in Object(value))) bare.push(`${path}.${key}`)
        visit(value, `${path}.${key}`)
      }
    for (const key of ['items', 'additionalProperties'] as const)
      if (key in shape) visit(Reflect.get(shape, key), `${path}[]`)
    for (const key of ['oneOf', 'anyOf'] as const)
      if (key in shape)
        for (const option of Object.values(Object(Reflect.get(shape, key)))) visit(option, path)
  }
  visit(configJsonSchema(), '')
  expect(bare).toEqual([])
})
