import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Envelope, readEnvelope } from '../../src/envelope.ts'
import { judge } from '../../src/verdict.ts'
import { readJson } from '../replay.ts'

const stepsSchema = z.object({
  steps: z.array(
    z.looseObject({
      kind: z.string().default('http'),
      name: z.string().default(''),
      request: z.looseObject({ method: z.string().optional(), path: z.string().optional() }),
      response: z.looseObject({
        status: z.number().optional(),
        contentType: z.string().optional(),
        body: z.unknown().optional(),
      }),
    }),
  ),
})
type Step = z.output<typeof stepsSchema>['steps'][number]

function callsOf(file: string): Step[] {
  return stepsSchema.parse(readJson(file)).steps.filter(({ kind }) => kind === 'http')
}

function envelopeOf({ request, response }: Step): Envelope {
  const { status = 200, contentType = '', body } = response
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return readEnvelope({ status, contentType, text }, { route: 'add/alias', isRead: request.method === 'GET' })
}

describe('a whole domain move, as recorded', () => {
  const calls = callsOf('scenario-domain-migration.json')

  test('reads are data', () => {
    const reads = calls.filter(({ request }) => request.method === 'GET')
    expect(reads.length).toBeGreaterThan(15)
    expect(reads.filter((step) => envelopeOf(step).kind !== 'data')).toEqual([])
  })

  test('writes are entries, and only the one that is too early is refused', () => {
    const writes = calls.filter(({ request }) => request.method === 'POST')
    expect(writes.length).toBeGreaterThan(15)
    const refused = writes.filter((step) => {
      const envelope = envelopeOf(step)
      return envelope.kind !== 'entries' || envelope.entries.some(({ type }) => type !== 'success')
    })
    expect(refused.map(({ name }) => name)).toEqual(['41 delete domain too early'])
  })
})

test('a client that keeps the cookie gets the messages of a crashed call: never a success', () => {
  const [crash, next] = callsOf('scenario-cookie-session.json').map(envelopeOf)
  expect(crash).toEqual({ kind: 'empty' })
  const entries = next?.kind === 'entries' ? next.entries : []
  expect(entries.map(({ text }) => text.slice(0, 40))).toEqual([
    'an earlier call crashed inside mailcow (',
    'the alias zz@imap.test was added',
  ])
  expect(judge(entries, { route: 'add/alias', done: ['alias_added'] })).toMatchObject({
    ok: false,
    error: { code: 'partial' },
  })
})
