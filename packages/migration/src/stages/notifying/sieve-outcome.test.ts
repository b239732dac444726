import { describe, expect, it } from 'vitest'
import { sieveOutcome } from './sieve-outcome.ts'

const mail = { from: 'admin@iteg.example', to: 'anna@example.at', subject: 'Ihr Postfach zieht um' }
const judge = (script: string) => sieveOutcome(Buffer.from(script), mail)
const redirect = 'redirect "a@b.at";'

describe('sieveOutcome', () => {
  it.each([
    ['keeps by itself', ''],
    ['files', 'require "fileinto"; fileinto "INBOX.x";'],
    ['forwards with a copy', 'require "copy"; redirect :copy "a@b.at";'],
    ['forwards and keeps', `keep; ${redirect}`],
    ['forwards only what is not ours', `if address :is "from" "boss@x.at" { ${redirect} }`],
    ['discards what is not ours', 'if header :contains "Subject" "viagra" { discard; stop; }'],
    ['discards mailing lists only', 'if exists "List-Id" { discard; }'],
    ['has a rule that is switched off', `if false { ${redirect} }`],
    ['cannot be read', 'if if if'],
    ['stops before', `keep; stop; discard; ${redirect}`],
    ['answers', 'require "vacation"; vacation "away";'],
  ])('leaves a mail where it is: %s', (_name, script) => {
    expect(judge(script)).toEqual({ leaves: 'no', targets: [], lost: 'no' })
  })

  it('sees a forward that keeps nothing', () => {
    expect(judge(redirect)).toEqual({ leaves: 'yes', targets: ['a@b.at'], lost: 'no' })
    expect(judge(`${redirect} discard;`)).toMatchObject({ leaves: 'yes' })
    expect(judge(`if address :domain :is "From" "ITEG.example" { ${redirect} stop; }`)).toMatchObject({
      leaves: 'yes',
    })
    expect(
      judge(`if not header :matches "subject" "*newsletter*" { ${redirect} } else { keep; }`),
    ).toMatchObject({ leaves: 'yes' })
    expect(judge(`if size :over 10K { ${redirect} }`)).toMatchObject({
      leaves: 'perhaps',
      targets: ['a@b.at'],
    })
  })

  it('sees a rule that throws our mail away', () => {
    expect(judge('discard;')).toMatchObject({ lost: 'yes', leaves: 'no' })
    expect(
      judge('if anyof (header :contains "subject" "postfach", size :over 1K) { discard; }'),
    ).toMatchObject({ lost: 'yes' })
    expect(judge('require "reject"; if address :all :contains "from" "iteg" { reject "no"; }')).toMatchObject(
      { lost: 'yes' },
    )
    expect(judge('if header :matches "Subject" "I?r P*t*" { discard; }')).toMatchObject({ lost: 'yes' })
    expect(judge('if allof (size :over 1K, not address :is "from" "x@y") { discard; }')).toMatchObject({
      lost: 'perhaps',
    })
    expect(judge('require "regex"; if header :regex "subject" "a+" { discard; }')).toMatchObject({
      lost: 'perhaps',
    })
  })

  it('goes every way of a long script without growing beyond bounds', () => {
    expect(
      judge(Array.from({ length: 400 }, (_, index) => `if size :over ${index}K { keep; } `).join('')),
    ).toMatchObject({
      leaves: 'no',
    })
  })
})
