import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Envelope, readEnvelope } from './envelope.ts'
import { readJson } from '../test/replay.ts'
import { isKnownMessage } from './messages.ts'

function read(body: unknown, status = 200, contentType = 'application/json'): Envelope {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return readEnvelope({ status, contentType, text }, { route: 'add/mailbox', isRead: false })
}

describe('readEnvelope', () => {
  test('takes msg as a key, a sentence, or a key with arguments; the log is dropped', () => {
    expect(
      read([
        {
          type: 'success',
          log: ['x', { password: 'hunter2' }],
          msg: ['alias_added', 'o&#039;brien@acme.test', '29'],
        },
        { type: 'danger', log: [], msg: 'access_denied' },
        { type: 'danger', log: [], msg: ['alias_invalid', null] },
        { type: 'danger', log: [], msg: 'bad option skipsize' },
      ]),
    ).toEqual({
      kind: 'entries',
      entries: [
        {
          type: 'success',
          key: 'alias_added',
          args: ["o'brien@acme.test", '29'],
          text: "the alias o'brien@acme.test was added",
        },
        expect.objectContaining({ type: 'danger', key: 'access_denied', args: [] }),
        expect.objectContaining({ key: 'alias_invalid', args: [null] }),
        expect.objectContaining({ text: "the sync job's option skipsize is not allowed" }),
      ],
    })
  })

  test('rows of a log are data, although they have a type and a msg', () => {
    const rows = [{ type: 'success', msg: 'logged in', time: 1, user: 'admin' }]
    expect(read(rows)).toEqual({ kind: 'data', value: rows })
  })

  test('"Task completed" is no success', () => {
    expect(read({ type: 'success', msg: 'Task completed' })).toEqual({ kind: 'nothing_done' })
  })

  test('whatever comes, it does not throw, and messages stay short', () => {
    const bodies = fc.oneof(
      fc.string(),
      fc.json(),
      fc.array(
        fc.record({
          type: fc.constantFrom('success', 'danger', 'warning', 'info', 'error', 'toString'),
          log: fc.anything(),
          msg: fc.oneof(fc.string({ maxLength: 2000 }), fc.array(fc.jsonValue()), fc.jsonValue()),
        }),
      ),
      fc.record({ type: fc.string(), msg: fc.jsonValue() }),
    )
    fc.assert(
      fc.property(bodies, fc.constantFrom(200, 400, 401, 403, 404, 405, 418, 500, 502), (body, status) => {
        const envelope = read(body, status)
        const texts =
          envelope.kind === 'failure'
            ? [envelope.error.message]
            : envelope.kind === 'entries'
              ? envelope.entries.map(({ text }) => text)
              : []
        expect(texts.filter((text) => text.length > 600)).toEqual([])
      }),
    )
  })
})

test('every message that mailcow was seen to send has an English sentence', () => {
  const index = readJson('index-of-messages.json')
  const keys = Object.keys(Object(index)).map((entry) => entry.replace(/^\w+ /, '').replace(/\[\d+\]$/, ''))
  expect(keys.length).toBeGreaterThan(100)
  expect(keys.filter((key) => !isKnownMessage(key))).toEqual([])
})
