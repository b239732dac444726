import { expect, it } from 'vitest'
import type { Finding } from '../finding.ts'
import { mergeFindings } from './merge.ts'

function finding(severity: Finding['severity'], item: string, message: string): Finding {
  return { code: 'alias-loop', severity, domain: 'example.at', item, message, remedy: 'Repair it.' }
}

it('keeps one finding for each code and item: the worst, with both texts, and sorts by severity', () => {
  const merged = mergeFindings([
    finding('info', 'a', 'One.'),
    finding('yellow', 'b', 'Two.'),
    finding('red', 'a', 'Three.'),
    finding('red', 'a', 'Three.'),
  ])
  expect(merged).toEqual([finding('red', 'a', 'Three. One.'), finding('yellow', 'b', 'Two.')])
})
