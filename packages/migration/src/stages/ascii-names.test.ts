import { mergeInventories, parseInventory } from '@iteg/old-server'
import { expect, it } from 'vitest'
import { asciiAddress, asciiDomain, asciiInventory } from './ascii-names.ts'

it('brings domains and addresses to the form that servers know', () => {
  expect(asciiDomain('Müller.at')).toBe('xn--mller-kva.at')
  expect(asciiAddress('jürgen@müller.at')).toBe('jürgen@xn--mller-kva.at')
  expect(asciiAddress('@müller.at')).toBe('@xn--mller-kva.at')
  expect(asciiAddress('plain')).toBe('plain')
})

it('leaves no other form in an inventory', () => {
  const text = `
domains:
  - domain: müller.at
    mailboxes: [{ address: anna@müller.at }]
    aliases:
      - { address: info@müller.at, targets: [anna@müller.at, ext@größe.example] }
      - { address: "@müller.at", targets: [anna@müller.at] }
    aliasDomains: [müller.co.at]
`
  const inventory = asciiInventory(mergeInventories([parseInventory(text, { format: 'yaml' })]))
  const names = JSON.stringify(inventory.domains)
  expect(names).not.toMatch(/müller|größe/)
  expect(names).toContain('ext@xn--gre-6ka8i.example')
})
