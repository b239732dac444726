import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import { hasMailboxAccess } from '../lookup.ts'
import { isEmail, same, text, toList } from '../php-values.ts'

const SERVER_DEFAULT = '5,15'

const editSpamScore: WriteRoute = {
  log: ['mailbox', 'edit', 'spam_score'],
  logTail: true,
  items: 'username',
  run: (call) => {
    for (const username of toList(call.data['username']).map(text)) editOne(call, username)
  },
}

function editOne(call: WriteCall, username: string): void {
  const { state } = call
  if (!hasMailboxAccess(state, username)) return call.danger('access_denied')
  const wanted = text(call.data['spam_score'])
  const [low = '', high = ''] = wanted.split(',')
  if (wanted !== 'default' && (!isNumeric(low) || !isNumeric(high))) {
    return call.danger(
      'Invalid spam score, format must be "1,2" where first is low and second is high spam value.',
    )
  }
  state.spamScores = state.spamScores.filter((row) => !same(row.object, username))
  if (wanted !== 'default') {
    const distinct = Number(low) === Number(high) ? String(Number(high) + 0.1) : high
    state.spamScores.push({ object: username, low, high: distinct })
  }
  call.success(['mailbox_modified', username])
}

function isNumeric(value: string): boolean {
  return /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*$/i.test(value)
}

export const spamScore: Resource = {
  get: {
    'spam-score': ({ state, object = '' }) => {
      if (!isEmail(object) || !hasMailboxAccess(state, object)) return null
      const row = state.spamScores.find((entry) => same(entry.object, object))
      const score = row === undefined ? SERVER_DEFAULT : `${row.low},${row.high}`
      return { score: score.replaceAll(/\s+/g, '') }
    },
  },
  edit: { 'spam-score': editSpamScore },
}
