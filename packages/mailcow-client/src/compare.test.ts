import { expect, test } from 'vitest'
import { differences } from './compare.ts'

test('names the fields that differ, and only those that were wished for', () => {
  const found = {
    name: 'x',
    tags: ['b', 'a'],
    limit: { value: 10, per: 'second' },
    quota: 5,
    at: new Date(1),
  }
  expect(differences({}, found)).toEqual([])
  expect(differences({ name: 'x', tags: ['a', 'b'], limit: { value: 10, per: 'second' } }, found)).toEqual([])
  expect(differences({ at: new Date(1), name: undefined }, found)).toEqual([])
  expect(differences({ quota: null, tags: ['a'], name: 'y', at: new Date(2) }, found)).toEqual([
    'quota',
    'tags',
    'name',
    'at',
  ])
  expect(differences({ limit: null }, found)).toEqual(['limit'])
  expect(differences({ limit: { value: 10 } }, found)).toEqual(['limit'])
  expect(differences({ name: 'x' }, undefined)).toEqual(['existence'])
})
