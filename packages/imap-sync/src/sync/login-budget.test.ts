import { expect, test } from 'vitest'
import type { ImapServer } from '../endpoint.ts'
import { ImapSyncError } from '../errors.ts'
import { LoginBudget } from './login-budget.ts'

const server: ImapServer = { host: 'mail', port: 993, tls: 'implicit' }

/** Runs logins at once; how many were tried, and how many at the same time. */
async function logins(
  budget: LoginBudget,
  count: number,
  fails: (index: number) => 'login' | 'loginTemporary' | undefined,
) {
  let tried = 0
  let underWay = 0
  let most = 0
  const results = await Promise.allSettled(
    Array.from({ length: count }, (_, index) =>
      budget.spend(server, 'source', async () => {
        tried += 1
        underWay += 1
        most = Math.max(most, underWay)
        await new Promise((resolve) => {
          setImmediate(resolve)
        })
        underWay -= 1
        const code = fails(index)
        if (code !== undefined) throw new ImapSyncError(code, 'no')
      }),
    ),
  )
  const spent = results.filter(({ status }) => status === 'rejected').length
  return { tried, most, rejected: spent }
}

test('a wrong master password is tried twice, however many mailboxes want in at once', async () => {
  const budget = new LoginBudget()
  expect(await logins(budget, 50, () => 'login')).toEqual({ tried: 2, most: 1, rejected: 50 })
  await expect(budget.spend(server, 'source', async () => {})).rejects.toMatchObject({
    code: 'loginBudget',
    retryable: false,
  })
})

test('single mailboxes that are refused never cost more than four refusals', async () => {
  const budget = new LoginBudget()
  const { tried, most } = await logins(budget, 50, (index) => (index === 0 ? undefined : 'login'))
  expect(tried).toBe(5)
  expect(most).toBeLessThanOrEqual(4)
})

test('a server that is busy has refused nobody; another server has its own budget', async () => {
  const budget = new LoginBudget()
  expect(await logins(budget, 20, () => 'loginTemporary')).toMatchObject({ tried: 20 })
  expect(await logins(budget, 20, () => 'login')).toMatchObject({ tried: 2 })
  expect(await budget.spend({ ...server, host: 'other' }, 'target', async () => 'in')).toBe('in')
})
