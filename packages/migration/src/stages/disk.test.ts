import { expect, it } from 'vitest'
import { dfBytes, freeBytes } from './disk.ts'

it('reads what df writes', () => {
  expect(dfBytes('29G')).toBe(29 * 1024 ** 3)
  expect(dfBytes('1.5T')).toBe(1.5 * 1024 ** 4)
  expect(dfBytes('512')).toBe(512)
  expect(dfBytes('lots')).toBeUndefined()
  expect(freeBytes({ used: '29G', total: '271G' })).toBe(242 * 1024 ** 3)
  expect(freeBytes({ used: '', total: '271G' })).toBeUndefined()
})
