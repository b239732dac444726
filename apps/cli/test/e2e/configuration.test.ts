import { expect, test } from 'vitest'
import { startTestbed } from '@iteg/testbed'
import { makeWorld } from './support/world.ts'

test('smoke', async () => {
  await using bed = await startTestbed()
  await using world = await makeWorld(bed, { domain: 'smoke.example', mailboxes: { anna: {} } })
  const t = Date.now()
  await world.provisioned()
  console.log(Date.now() - t)
  console.log(await world.oldMailbox('anna'), await world.newMailbox('anna'), world.api.calls)
  expect(1).toBe(1)
})
