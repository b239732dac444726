import { conversation } from './conversation.ts'
import { staff } from './people.ts'
import { Random } from './random.ts'
import type { SampleMessage } from './sample-message.ts'

/** Plausible messages of twelve years, oldest first; the same seed gives the same ones. */
export async function sampleMessages(seed: number, count: number): Promise<SampleMessage[]> {
  const random = new Random(seed)
  const period = { from: new Date(Date.UTC(2014, 0, 2)), until: new Date(Date.UTC(2025, 11, 20)) }
  const messages: SampleMessage[] = []
  while (messages.length < count)
    for (const { raw, receivedAt, flags } of await conversation(
      random,
      random.pick(Object.values(staff)),
      period,
    ))
      messages.push({ raw, receivedAt, flags })
  return messages
    .slice(0, count)
    .toSorted((one, other) => one.receivedAt.getTime() - other.receivedAt.getTime())
}
