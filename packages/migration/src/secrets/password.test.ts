import { randomInt } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generatePassword, MAX_PASSWORD_LENGTH } from './password.ts'
import { ITEG_RULE, type PasswordPolicy, satisfiesPolicy } from './policy.ts'

const policies: fc.Arbitrary<PasswordPolicy> = fc.record({
  minLength: fc.integer({ min: 0, max: MAX_PASSWORD_LENGTH }),
  letters: fc.boolean(),
  specialCharacters: fc.boolean(),
  lowerAndUpper: fc.boolean(),
  numbers: fc.boolean(),
})

/** A source of numbers that returns the given ones in turn, each reduced to the limit, then falls back to `rest`. */
function scripted(numbers: readonly number[], rest: (limit: number) => number): (limit: number) => number {
  let at = 0
  return (limit) => {
    const next = numbers[at]
    at += 1
    return next === undefined ? rest(limit) : next % limit
  }
}

test("is inside ITEG's rule and any policy of mailcow's, whatever the random numbers are", () => {
  fc.assert(
    fc.property(policies, fc.array(fc.nat(), { maxLength: 200 }), (policy, numbers) => {
      const password = generatePassword({
        policy,
        randomBelow: scripted(numbers, (limit) => randomInt(limit)),
      })
      expect(satisfiesPolicy(password, policy)).toEqual({ satisfied: true, problems: [] })
      expect(satisfiesPolicy(password, ITEG_RULE)).toEqual({ satisfied: true, problems: [] })
    }),
  )
})

test('with the real source: 16 characters at least, none that looks like another, never like a hash', () => {
  for (let round = 0; round < 2000; round += 1) {
    const password = generatePassword()
    expect(password).toMatch(/^[CDFHKLMNPRTWX][cdfhknprtwx2-9]{4}(-[CDFHKLMNPRTWX][cdfhknprtwx2-9]{4}){3}$/)
    expect(password.replaceAll('-', '').length).toBeGreaterThanOrEqual(16)
    expect(password).not.toMatch(/[0OoQ1lIijJ|ZzSsBbGgqUuVvYyAaEe]/)
  }
})

test('is longer where the policy or the configuration asks for it', () => {
  expect(generatePassword().length).toBe(23)
  expect(generatePassword({ minLength: 24 }).length).toBe(29)
  expect(
    generatePassword({ policy: { ...ITEG_RULE, minLength: 40 }, minLength: 24 }).length,
  ).toBeGreaterThanOrEqual(40)
  expect(generatePassword({ minLength: MAX_PASSWORD_LENGTH }).length).toBe(MAX_PASSWORD_LENGTH)
})

test.each([MAX_PASSWORD_LENGTH + 1, Number.POSITIVE_INFINITY, Number.NaN])(
  'refuses to make one of %s characters',
  (minLength) => {
    expect(() => generatePassword({ minLength })).toThrow(
      expect.objectContaining({ code: 'policy_unreachable' }),
    )
  },
)

/** The numbers that draw a group of one capital and four times the same symbol. */
function group(capital: number, symbol: number): number[] {
  return [capital, symbol, symbol, symbol, symbol]
}

/** How many different characters stand at a position when its number goes through all values. */
function charactersAt(position: number, limit: number): number {
  const characters = Array.from({ length: limit }, (_, value) => {
    // The last group holds a digit and letters, so that every password is accepted at once.
    const numbers = Array.from({ length: 20 }, (__, at): number => (at === 18 ? 11 : 0))
    numbers[position] = value
    return generatePassword({ randomBelow: scripted(numbers, () => 0) }).charAt(position)
  })
  return new Set(characters).size
}

describe('unbiased', () => {
  test('draws again as a whole when no digit or no lower case letter came, keeping none of it', () => {
    // 4 groups: a capital, then four symbols; 0 is the first lower case letter, 11 the first digit.
    const onlyLetters = [0, 1, 2, 3].flatMap((capital) => group(capital, 0))
    const onlyDigits = [0, 1, 2, 3].flatMap((capital) => group(capital, 11))
    const good = [5, 0, 0, 0, 11, ...[5, 5, 5].flatMap((capital) => group(capital, 0))]
    const random = scripted([...onlyLetters, ...onlyDigits, ...good], () => {
      throw new Error('drawn too often')
    })
    expect(generatePassword({ randomBelow: random })).toBe('Lccc2-Lcccc-Lcccc-Lcccc')
  })

  test('asks for every symbol with the size of its alphabet: one symbol per number, none left over', () => {
    const limits: number[] = []
    generatePassword({
      randomBelow: (limit) => {
        limits.push(limit)
        return limits.length % 2 === 0 ? 0 : limit - 1
      },
    })
    expect(limits).toEqual([13, 19, 19, 19, 19, 13, 19, 19, 19, 19, 13, 19, 19, 19, 19, 13, 19, 19, 19, 19])
    expect(charactersAt(0, 13)).toBe(13)
    expect(charactersAt(1, 19)).toBe(19)
  })

  test('no symbol is more frequent than another (chi-squared, one in a billion fails by chance)', () => {
    const counts = new Map<string, number>()
    const rounds = 20_000
    for (let round = 0; round < rounds; round += 1) {
      const symbol = generatePassword().charAt(1)
      counts.set(symbol, (counts.get(symbol) ?? 0) + 1)
    }
    expect(counts.size).toBe(19)
    const expected = rounds / 19
    const chiSquared = [...counts.values()].reduce(
      (sum, count) => sum + (count - expected) ** 2 / expected,
      0,
    )
    // 18 degrees of freedom, p = 1e-9. (That a password holds a digit shifts the frequencies by less than 0.02 %.)
    expect(chiSquared).toBeLessThan(80)
  })

  test('holds more than 80 bit', () => {
    const all = 19n ** 16n
    const withoutDigit = 11n ** 16n
    const withoutLower = 8n ** 16n
    const passwords = 13n ** 4n * (all - withoutDigit - withoutLower)
    expect(Math.log2(Number(passwords))).toBeCloseTo(82.77, 2)
  })
})
