import { describe, expect, test } from 'vitest'
import { describeMessage, type MailcowMessage } from './messages.ts'
import { type Expectation, judge, judgeItems } from './verdict.ts'

const message = (type: MailcowMessage['type'], key: string, ...args: string[]): MailcowMessage => ({
  type,
  key,
  args,
  text: describeMessage(key, args),
})
const ok = (name: string): MailcowMessage => message('success', 'alias_modified', name)
const side = message('success', 'rl_saved', 'a@x.test')

const expectation: Expectation = {
  route: 'edit/alias',
  done: ['alias_modified'],
  soft: ['goto_invalid'],
  names: (entry) => String(entry.args[0]),
}

describe('judging one thing', () => {
  test('all entries count: a side effect is no success', () => {
    expect(judge([side], expectation)).toMatchObject({
      ok: false,
      error: { code: 'nothing_done', effect: 'unknown' },
    })
    expect(judge([], expectation)).toMatchObject({ ok: false, error: { code: 'nothing_done' } })
    expect(judge([side, ok('a')], expectation)).toEqual({ ok: true })
  })

  test('danger beside success is partly done, wherever it stands', () => {
    const danger = message('danger', 'goto_invalid', 'x')
    for (const entries of [
      [danger, ok('a')],
      [ok('a'), danger],
    ])
      expect(judge(entries, expectation)).toMatchObject({
        ok: false,
        error: { code: 'partial', effect: 'partial' },
      })
  })

  test('danger after a side effect has an effect', () => {
    expect(judge([side, message('danger', 'access_denied')], expectation)).toMatchObject({
      error: { code: 'denied', effect: 'partial' },
    })
  })

  test('a known success of another kind is none; one that nobody knows is taken for a new name', () => {
    expect(judge([message('success', 'mailbox_removed', 'a')], expectation)).toMatchObject({ ok: false })
    expect(judge([message('success', 'alias_changed_v2', 'a')], expectation)).toEqual({ ok: true })
  })

  test('keys that are names of object members are unknown keys', () => {
    for (const key of ['constructor', 'toString', '__proto__'])
      expect(judge([message('danger', key)], expectation)).toMatchObject({
        error: { code: 'rejected', hint: undefined },
      })
  })

  test('many messages become a short text', () => {
    const entries = Array.from({ length: 50 }, (_, index) => message('danger', 'goto_invalid', `t${index}`))
    expect(judge(entries, expectation)).toMatchObject({
      error: { message: expect.stringMatching(/t0 .*t2 .*; and 47 more$/) },
    })
  })
})

describe('judging several items', () => {
  const items = ['a', 'b', 'c']

  test('one concluding entry each, in order', () => {
    const verdicts = judgeItems(items, [ok('a'), message('danger', 'access_denied'), ok('c')], expectation)
    expect(verdicts).toMatchObject([{ ok: true }, { ok: false, error: { code: 'denied' } }, { ok: true }])
  })

  test('side effects and soft errors belong to the item that they precede', () => {
    const entries = [side, ok('a'), message('danger', 'goto_invalid', 'x'), ok('b'), side, ok('c')]
    expect(judgeItems(items, entries, expectation)).toMatchObject([
      { ok: true },
      { ok: false, error: { code: 'partial' } },
      { ok: true },
    ])
  })

  test('of one item every entry tells', () => {
    const danger = message('danger', 'comment_too_long')
    expect(judgeItems(['a'], [danger, ok('a')], expectation)).toMatchObject([{ error: { code: 'partial' } }])
    expect(judgeItems(['a'], [ok('a'), ok('a')], expectation)).toEqual([{ ok: true }])
    expect(judgeItems(['a'], [ok('b')], expectation)).toMatchObject([
      { error: { code: 'unexpected_answer' } },
    ])
  })

  test.each<[string, MailcowMessage[]]>([
    ['too few entries', [ok('a'), ok('c')]],
    ['too many entries', [ok('a'), ok('b'), ok('b'), ok('c')]],
    ['another order', [ok('b'), ok('a'), ok('c')]],
    ['a name that is not asked for', [ok('a'), ok('x'), ok('c')]],
    ['a soft error without a conclusion', [ok('a'), ok('b'), ok('c'), message('danger', 'goto_invalid')]],
  ])('%s: nothing is believed', (_what, entries) => {
    const verdicts = judgeItems(items, entries, expectation)
    expect(verdicts).toHaveLength(3)
    expect(verdicts.filter((verdict) => verdict.ok)).toEqual([])
    expect(verdicts[0]).toMatchObject({ error: { code: 'unexpected_answer', effect: 'unknown' } })
  })
})
