import { describe, expect, it } from 'vitest'
import { domainConfig } from '../src/config/index.ts'
import { problemsOf, read, small } from './config-support.ts'

const withCardDav = (cardDav: string): string => small.replace(/(mailcow: .*)/, `$1\n  cardDav: ${cardDav}`)
const withRoundcube = small.replace(
  'imap: { host: mailhaus.example }',
  '$&\n  addressBooks: { kind: roundcube, url: "${ROUNDCUBE_DB_URL}" }',
)

describe('new.cardDav', () => {
  it("is SOGo below mailcow's URL, or what is named, with a slash at its end", () => {
    expect(read(small).new.cardDav).toEqual({ url: 'https://mailcow.example/SOGo/dav/%u/Contacts/' })
    expect(read(withCardDav('{ url: "https://dav.example/%u" }')).new.cardDav.url).toBe(
      'https://dav.example/%u/',
    )
    // What never leaves this machine needs no TLS.
    expect(read(withCardDav('{ url: "http://127.0.0.1:5232/%u/" }')).new.cardDav.url).toBe(
      'http://127.0.0.1:5232/%u/',
    )
  })

  it.each([
    ['ftp://x/%u/', 'write it as https://mailcow.example/SOGo/dav/%u/Contacts/'],
    ['https://a:b@x/%u/', 'a login does not belong into this address'],
    ['https://x/SOGo/', 'write https://x/SOGo/dav/%u/Contacts/'],
    ['https://%u.example/', 'this is no address of a web server'],
    ['http://x/%u/', 'without https app passwords cross the network in the clear'],
  ])('refuses %s', (url, said) => {
    expect(problemsOf(withCardDav(`{ url: "${url}" }`))).toEqual([expect.stringContaining(said)])
  })
})

describe('importContacts', () => {
  it('is off, of the domain, or of a single mailbox', () => {
    const config = read(
      `${withRoundcube}domains:\n  a.at: { importContacts: true, mailboxes: { x@a.at: { importContacts: false } } }\n`,
    )
    expect(domainConfig(config, 'a.at').importContacts).toBe(true)
    expect(domainConfig(config, 'a.at').mailboxes.get('x@a.at')).toEqual({
      skip: false,
      importContacts: false,
    })
    expect(domainConfig(config, 'b.at').importContacts).toBe(false)
  })

  it('needs address books, wherever it stands', () => {
    const domains =
      'domains:\n  a.at: { mailboxes: { x@a.at: { importContacts: true } } }\n  b.at: { importContacts: true }\n'
    expect(problemsOf(small + domains)).toEqual([
      '9:50: contacts are to be put into SOGo, but old.addressBooks is missing (write addressBooks: { kind: roundcube, url: "${ROUNDCUBE_DB_URL}" } under old)',
      '10:27: contacts are to be put into SOGo, but old.addressBooks is missing (write addressBooks: { kind: roundcube, url: "${ROUNDCUBE_DB_URL}" } under old)',
    ])
    expect(problemsOf(withRoundcube + domains)).toEqual([])
  })
})
