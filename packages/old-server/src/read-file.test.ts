import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InventoryFileError, OldServerError } from './errors.ts'
import { parseInventory, readInventoryFile } from './read-file.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inventory-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

/** What a wrong text is told, without the name of the file. */
function problemsOf(format: 'yaml' | 'csv', text: string): string[] {
  try {
    parseInventory(text, { format, file: 'x' })
  } catch (error) {
    if (error instanceof InventoryFileError)
      return error.message.split('\n').map((line) => line.replace(/^x:/u, ''))
    throw error
  }
  return []
}

const contract = `domains:
  - domain: example.at
    mailboxes:
      - { address: anna@example.at, name: "Anna Müller", quotaBytes: 1073741824, active: true }
    aliases:
      - { address: office@example.at, targets: [anna@example.at, extern@example.net], active: true }
      - { address: "@example.at", targets: [anna@example.at] }
    aliasDomains: [example.co.at]
    domainAdmins: [ { username: chef, name: "Der Chef" } ]
`

function at(line: number): { file: string; line: number; column: number } {
  return { file: 'x', line, column: 9 }
}

describe('YAML', () => {
  it('reads what the documentation shows', () => {
    expect(parseInventory(contract, { format: 'yaml', file: 'x' })).toEqual({
      domains: [
        {
          domain: 'example.at',
          active: true,
          mailboxes: [
            {
              address: 'anna@example.at',
              name: 'Anna Müller',
              quotaBytes: 1_073_741_824,
              active: true,
              origin: at(4),
            },
          ],
          addresses: [
            {
              address: '@example.at',
              targets: [{ kind: 'mailbox', address: 'anna@example.at' }],
              active: true,
              origin: at(7),
            },
            {
              address: 'office@example.at',
              targets: [
                { kind: 'mailbox', address: 'anna@example.at' },
                { kind: 'external', address: 'extern@example.net' },
              ],
              active: true,
              origin: at(6),
            },
          ],
          aliasDomains: ['example.co.at'],
          inactiveAliasDomains: [],
          domainAdmins: [{ username: 'chef', name: 'Der Chef' }],
          origin: { file: 'x', line: 2, column: 13 },
        },
      ],
      issues: [],
    })
  })

  it('folds case, and tells an unknown quota from an unlimited one', () => {
    const { domains } = parseInventory(
      'domains:\n- domain: EXAMPLE.at\n  mailboxes:\n  - address: Anna@Example.AT\n  - {address: b@example.at, quotaBytes: 0}\n  - {address: c@example.at, quotaBytes: unlimited}\n',
      { format: 'yaml' },
    )
    expect(domains[0]?.mailboxes.map(({ address, quotaBytes }) => [address, quotaBytes])).toEqual([
      ['anna@example.at', undefined],
      ['b@example.at', null],
      ['c@example.at', null],
    ])
  })

  it('names all problems at once, each with its place', () => {
    const text = `domains:
  - domain: example.at
    mailboxs: []
    mailboxes:
      - { adress: x, quotaBytes: 1GiB, active: "yes" }
      - { address: anna@exmaple.at }
      - { address: berta@other.at }
      - { address: "Carl <carl@example.at>" }
    aliases:
      - { address: a@example.at, targets: anna@example.at }
      - { address: b@example.at, targets: [] }
      - { address: B@example.at, targets: [anna@example.at, "x y"] }
    aliasDomains: [example.at]
  - domain: example.at
    domainAdmins: [{ name: x }]
`
    expect(problemsOf('yaml', text)).toEqual([
      "3:5: 'mailboxs' is no key of a domain (did you mean mailboxes?)",
      '5:9: address is missing',
      "5:11: 'adress' is no key of a mailbox (did you mean address?)",
      '5:34: quotaBytes must be a number of bytes (or unlimited)',
      '5:48: active must be true or false',
      '6:20: anna@exmaple.at is not in the domain example.at (did you mean anna@example.at?)',
      '7:20: berta@other.at is not in the domain example.at (list it under other.at)',
      '8:20: an address without a name and without <> belongs here (write carl@example.at)',
      '10:43: targets must be a list (write [anna@example.at])',
      '11:43: targets is empty (write [/dev/null] if mail is to be thrown away)',
      '12:20: alias b@example.at is already in line 11 (put both into one entry)',
      "12:61: 'x y' is no target",
      '13:20: example.at is listed as a domain and as an alias domain (keep one of the two)',
      '14:13: domain example.at is already in line 2 (put both into one entry)',
      '15:20: username is missing',
    ])
  })

  it.each([
    ['', ['1:1: an inventory must be a mapping with domains']],
    ['- x\n', ['1:1: an inventory must be a mapping with domains']],
    ['domains: 3\n', ['1:10: domains must be a list (write [3])']],
    ['domains: []\ndomains: []\n', ['2:1: Map keys must be unique']],
    [
      'domains:\n  - domain: a.at\n    aliases:\n      - { address: @a.at, targets: [x@a.at] }\n',
      ['4:20: Plain value cannot start with reserved character @ (put the value in quotes)'],
    ],
    ['a: &a [*a]\n', ["1:1: 'a' is no key of an inventory (known are domains)", '1:1: domains is missing']],
    ['domains: &d [*d]\n', ['1:14: anchors and aliases of YAML are not read here (write it out)']],
    ['domains:\n  - domain: ../../etc\n', ["2:13: '../../etc' is no domain"]],
    ['domains:\n  - domain: example.at.\n', ["2:13: 'example.at.' is no domain (write example.at)"]],
  ])('says what is wrong with %j', (text, expected) => {
    expect(problemsOf('yaml', text)).toEqual(expected)
  })

  it('survives hostile input', () => {
    expect(problemsOf('yaml', `domains: ${'['.repeat(20_000)}`)).not.toEqual([])
    expect(problemsOf('yaml', `domains:\n${'  - {}\n'.repeat(500)}`)).toHaveLength(201)
    const polluted = 'domains:\n  - domain: __proto__\n    mailboxes: [{ address: constructor@__proto__ }]\n'
    expect(parseInventory(polluted, { format: 'yaml' }).domains[0]?.mailboxes[0]?.address).toBe(
      'constructor@__proto__',
    )
  })
})

describe('CSV', () => {
  const header = 'kind,address,targets,name,quotaBytes,active\n'

  it.each([
    ['line feeds', (text: string) => text],
    ['CRLF and a byte order mark', (text: string) => `\u{FEFF}${text.replaceAll('\n', '\r\n')}`],
    ['old Mac line ends', (text: string) => text.replaceAll('\n', '\r')],
    ['semicolons, as a German spreadsheet writes', (text: string) => text.replaceAll(',', ';')],
    ['tabs', (text: string) => text.replaceAll(',', '\t')],
    ['blank lines', (text: string) => text.replaceAll('\n', '\n\n')],
  ])('reads all kinds of rows with %s', (_, change) => {
    const text = change(
      `${header}mailbox,Anna@example.at,,"Müller§ ""Anni"" Anna",1073741824,yes\nalias,@example.at,anna@example.at far@elsewhere.test,,,0\nalias-domain,example.co.at,example.at,,,\ndomain-admin,example.at,chef,Der Chef,,\ndomain,empty.at,,,,false\n`,
    )
    const { domains } = parseInventory(text.replace('§', ','), { format: 'csv' })
    expect(domains).toMatchObject([
      { domain: 'empty.at', active: false, mailboxes: [] },
      {
        domain: 'example.at',
        active: true,
        mailboxes: [
          {
            address: 'anna@example.at',
            name: 'Müller, "Anni" Anna',
            quotaBytes: 1_073_741_824,
            active: true,
          },
        ],
        addresses: [
          {
            address: '@example.at',
            active: false,
            targets: [
              { kind: 'mailbox', address: 'anna@example.at' },
              { kind: 'external', address: 'far@elsewhere.test' },
            ],
          },
        ],
        aliasDomains: ['example.co.at'],
        domainAdmins: [{ username: 'chef', name: 'Der Chef' }],
      },
    ])
  })

  it('keeps the place of each row, also after fields of several lines', () => {
    const { domains } = parseInventory(
      'address,kind,targets\r\na@b.at,mailbox,\r\n\r\n"c@b.at","alias","a@b.at\r\n  d@e.test"\r\nf@b.at,mailbox,\r\n',
      { format: 'csv', file: 'x' },
    )
    expect(domains[0]?.mailboxes.map(({ origin }) => origin.line)).toEqual([2, 6])
    expect(domains[0]?.addresses[0]).toMatchObject({ origin: { file: 'x', line: 4 }, targets: [{}, {}] })
  })

  it('names all problems at once, each with its place', () => {
    const rows = `mailbx,a@b.at,,,,
mailbox,a@b.at,x,"Müller, Anna",12x,maybe
alias,z@b.at,,,,
alias-domain,b.co.at,bb.at,,,
mailbox,c@b.at,,Müller, Anna,,
mailbox,d@b.at,,,20GB,
alias,e@b.at,"a@b.at |/bin/x y@",,,
mailbox,e@b.co.at,,,,`
    expect(problemsOf('csv', header + rows)).toEqual([
      "2:1: 'mailbx' is no kind (did you mean mailbox?)",
      '3:16: mailbox rows have no targets (leave the field empty)',
      "3:33: '12x' is no number of bytes (write a whole number, 0 for unlimited)",
      "3:37: 'maybe' is neither true nor false",
      '4:14: an alias without targets (write /dev/null if mail is to be thrown away)',
      '5:14: nothing else in the file is in the domain bb.at (did you mean b.at?)',
      '6:31: 7 fields, but the first line names 6 columns (put fields that hold the separator into quotes)',
      "7:18: '20GB' is no number of bytes (write 21474836480)",
      "8:14: 'y@' is no address: a domain is missing",
      '9:9: e@b.co.at is in the alias domain b.co.at (mailboxes belong to bb.at)',
    ])
  })

  it.each([
    ['', ['1:1: the file is empty (begin with kind,address,targets,name,quotaBytes,active)']],
    [
      'kind,adress\n',
      [
        '1:1: missing columns: address, targets (the first line must be kind,address,targets,name,quotaBytes,active)',
        "1:6: 'adress' is no column (did you mean address?)",
      ],
    ],
    [
      'kind,address,targets,quota,Kind\n',
      ["1:22: 'quota' is no column (did you mean quotaBytes?)", '1:28: the column kind appears twice'],
    ],
    [
      'kind,address,targets\nmailbox,"a@b.at,\nmailbox,c@b.at,\n',
      ['2:1: a quote is opened in or after this line and never closed'],
    ],
    [
      'kind,address,targets\nmailbox,a@b.at,\nmailbox,a"b@b.at,\n',
      [
        '3:1: a quote stands in the middle of a field (put the whole field into quotes and double the quotes inside)',
      ],
    ],
    [
      'kind,address,targets\nalias-domain,a.at,b.at\nalias-domain,b.at,c.at\nmailbox,x@c.at,\n',
      ['2:14: a.at leads to b.at, which is an alias domain itself (let it lead to c.at)'],
    ],
  ])('says what is wrong with %j', (text, expected) => {
    expect(problemsOf('csv', text)).toEqual(expected)
  })
})

describe('readInventoryFile', () => {
  it('knows the format from the name, or is told', async () => {
    const yaml = await fileOf('a.yml', contract)
    const csv = await fileOf('b.CSV', 'kind,address,targets\nmailbox,a@b.at,\n')
    const odd = await fileOf('c.txt', contract)
    expect((await readInventoryFile(yaml)).domains[0]?.origin.file).toBe(yaml)
    expect((await readInventoryFile(csv)).domains[0]?.domain).toBe('b.at')
    expect((await readInventoryFile(odd, { format: 'yaml' })).domains[0]?.domain).toBe('example.at')
    await expect(readInventoryFile(odd)).rejects.toMatchObject({ code: 'format_unknown' })
  })

  it('names the line that is not UTF-8', async () => {
    const latin1 = Buffer.from(
      'kind,address,targets,name\nmailbox,a@b.at,,Anna\nmailbox,b@b.at,,Müller\n',
      'latin1',
    )
    const path = await fileOf('latin1.csv', latin1)
    await expect(readInventoryFile(path)).rejects.toMatchObject({
      code: 'file_invalid',
      problems: [{ file: path, line: 3, message: 'this is not UTF-8' }],
    })
  })

  it('refuses what is missing, no file, or too large', async () => {
    await expect(readInventoryFile(join(folder, 'none.yaml'))).rejects.toThrow('no such file')
    await expect(readInventoryFile(folder, { format: 'csv' })).rejects.toMatchObject({
      code: 'file_unreadable',
    })
    const large = await fileOf('large.yaml', '')
    await truncate(large, 17 * 1024 * 1024)
    await expect(readInventoryFile(large)).rejects.toMatchObject({ code: 'file_too_large' })
    await expect(readInventoryFile(large)).rejects.toBeInstanceOf(OldServerError)
  })

  it('stops when asked to', async () => {
    const path = await fileOf('stop.yaml', contract)
    const reason = new Error('enough')
    await expect(readInventoryFile(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})
