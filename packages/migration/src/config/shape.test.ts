import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { configShape } from './json-schema.ts'
import { hasEmptyValue, withoutEmptyValues } from './shape.ts'

test('what has no empty value is left as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      fc.pre(!hasEmptyValue(value))
      expect(withoutEmptyValues(value, [configShape()])).toEqual(value)
    }),
  )
  expect(hasEmptyValue({ notify: null })).toBe(true)
  expect(hasEmptyValue({ domains: { 'example.at': null } })).toBe(true)
  expect(hasEmptyValue({ old: { inventory: [null] } })).toBe(true)
  expect(hasEmptyValue({ old: { inventory: [{}, ''] } })).toBe(false)
})
