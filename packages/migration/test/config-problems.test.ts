import { describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { contract, problemsOf, small } from './config-support.ts'

describe('what is wrong', () => {
  it('is named all at once, each with its place and what to write instead', () => {
    const text = `wrkDir: x
old:
  imap: { host: mailhaus.example:993, prt: 993, tls: none }
  master: { user: m, password: hunter2 }
  inventory:
    - { kind: postfixadmn, url: "mysql://a:hunter2@b/c" }
    - { kind: postfixadmin, url: "mysql://a:hunter2@b/c" }
    - { kind: file, pth: x.yaml }
  run: ssh://-oProxyCommand=x
  outgoingAddresses: [mailhaus.example]
  relay: { kind: postfix, directory: /etc/postfix, nextHop: "mailcow.example:25" }
new:
  mailcow: { url: http://mailcow.example/api, apiKey: "\${NOPE}" }
  imap: { host: mailcow.example, port: "993", tls: implict }
dns: { kind: rfc2163 }
copy: { mailboxesAtOnce: 0 }
quotas: { default: 5GB, headroomPercent: twenty }
hours: 20-06
notify: { from: nobody, smtp: { host: x, user: y }, links: { info: www.x } }
domains:
  example.at:
  Example.AT: { warn: contacts, langauge: de, mailboxes: { bert@exmaple.at: { quota: 20 } } }
  ../etc: {}
`
    expect(problemsOf(text)).toMatchInlineSnapshot(`
      [
        "1:1: 'wrkDir' is no key of the configuration (did you mean workDir?)",
        "3:17: old.imap.host: only the name of the host belongs here (write host: mailhaus.example, port: 993)",
        "3:39: 'prt' is no key of old.imap (did you mean port?)",
        "3:54: without TLS the password crosses the network in the clear (use implicit or starttls, or add allowInsecure: true)",
        "4:32: old.master.password: a secret must not stand in this file (write \${NAME} and set that environment variable, or file:PATH)",
        "6:15: old.inventory[0].kind must be one of postfixadmin, postfix, file (did you mean postfixadmin?)",
        "7:34: old.inventory[1].url: a password must not stand in this file (write \${NAME} in its place and set that environment variable)",
        "8:7: old.inventory[2].path is missing",
        "8:21: 'pth' is no key of old.inventory[2] (did you mean path?)",
        "9:8: old.run: this is neither local nor a host to reach by ssh (write it as ssh://root@mailhaus.example)",
        "10:23: old.outgoingAddresses[0]: this is no IP address (write it as 192.0.2.10)",
        "11:61: old.relay.nextHop: without brackets Postfix asks for the MX of this name, which may be itself (write "[mailcow.example]:25")",
        "13:3: new.master is missing (write master: { user: migrator@mailcow.local, password: "\${NEW_MASTER_PASSWORD}" }, or access: appPassword)",
        "13:19: new.mailcow.url: only the server belongs into this address (write http://mailcow.example)",
        "13:19: without https the API key crosses the network in the clear (write https://mailcow.example, or add allowInsecure: true)",
        "13:55: new.mailcow.apiKey: the environment variable NOPE is not set (export NOPE=... before you start)",
        "14:40: new.imap.port must be a whole number",
        "14:52: new.imap.tls must be one of implicit, starttls, none (did you mean implicit?)",
        "15:14: dns.kind must be one of manual, rfc2136 (did you mean rfc2136?)",
        "16:26: copy.mailboxesAtOnce must be at least 1",
        "17:20: quotas.default: GB is no unit (write 5GiB)",
        "17:42: quotas.headroomPercent must be a whole number",
        "18:8: hours: this is no span of hours (write it as "20:00-06:00")",
        "19:17: notify.from has the wrong form (write from: "ITEG <admin@iteg.example>")",
        "19:31: notify.smtp.password is missing",
        "19:68: notify.links.info: this is no link (begin with https:// or mailto:)",
        "22:3: 'Example.AT' appears twice (keep one of the two)",
        "22:23: contacts are to be warned, but none is named (add contacts: [chef@example.at])",
        "22:33: 'langauge' is no key of domains.Example.AT (did you mean language?)",
        "22:60: 'bert@exmaple.at' is not in the domain Example.AT",
        "22:86: domains.Example.AT.mailboxes.bert@exmaple.at.quota: less than 1048576 bytes",
        "23:3: '../etc' is no domain",
      ]
    `)
  })

  it.each([
    [
      '',
      [
        '1:1: old is missing (the old server must be described; mailmove init writes a commented file)',
        '1:1: new is missing (mailcow must be described; mailmove init writes a commented file)',
      ],
    ],
    ['old:\n  imap: 1\n  imap: 2\n', ['3:3: this key appears twice (keep one of the two)']],
    ['old:\n\timap: 1\n', ['2:1: a tab is used to indent (indent with blanks)']],
    [
      'a: *hunter2\nb: !hunter2 x\n',
      [
        '1:4: anchors and aliases of YAML are not read here (put a value that begins with * or & in quotes)',
        '2:4: tags of YAML (!...) are not read here (put a value that begins with ! in quotes)',
      ],
    ],
    ['a: @hunter2\n', ['1:4: a value cannot begin like this (put it in quotes)']],
    ['a: b: c\n', ['1:4: two keys stand in one line, or a value holds a colon (put the value in quotes)']],
    ['a: 1\n---\nb: 1\n', ['2:1: a second document begins here (remove the line ---)']],
    [
      'a: {b: [1, 2}\nc: [3}\n',
      [
        '1:13: the indentation does not fit, or a bracket above is not closed (indent with two blanks per level)',
      ],
    ],
  ])('in %j', (text, expected) => {
    expect(problemsOf(text)).toEqual(expected)
  })

  it('is an unknown key, wherever it stands', () => {
    const document = parseDocument(contract.replaceAll(/\$\{(\w+)\}/gu, '"$${$1}"'))
    const paths: (string | number)[][] = []
    const collect = (value: unknown, path: (string | number)[]): void => {
      if (typeof value !== 'object' || value === null) return
      // Under these anybody's names are keys.
      if (!Array.isArray(value) && !['domains', 'mailboxes'].includes(String(path.at(-1)))) paths.push(path)
      for (const [key, entry] of Object.entries(value))
        collect(entry, [...path, Array.isArray(value) ? Number(key) : key])
    }
    collect(document.toJS(), [])
    expect(paths.length).toBeGreaterThan(25)
    for (const path of paths) {
      const changed = document.clone()
      changed.setIn([...path, 'zzz'], null)
      expect(problemsOf(changed.toString()).map((line) => line.replace(/^\d+:\d+: | \(.*$/gu, ''))).toEqual([
        `'zzz' is no key of ${path.reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`), '') || 'the configuration'}`,
      ])
    }
  })
})

describe('rules', () => {
  it.each([
    [
      'imap: { host: mailhaus.example }',
      'imap: { host: mailhaus.example, tls: none }',
      [
        '2:40: without TLS the password crosses the network in the clear (use implicit or starttls, or add allowInsecure: true)',
      ],
    ],
    [
      'imap: { host: mailhaus.example }',
      'imap: { host: mailhaus.example, tls: none, allowInsecure: true }',
      [],
    ],
    [
      'imap: { host: mailhaus.example }',
      'imap: { host: mailhaus.example, tls: none, allowInsecure: true, tlsOptions: { minVersion: TLSv1 } }',
      ['2:79: tlsOptions have no effect with tls: none'],
    ],
    [
      'https://mailcow.example',
      'http://mailcow.example',
      [
        '6:19: without https the API key crosses the network in the clear (write https://mailcow.example, or add allowInsecure: true)',
      ],
    ],
    ['https://mailcow.example', 'http://127.0.0.1:8080', []],
    [
      'https://mailcow.example',
      'http://127.evil.example',
      [
        '6:19: without https the API key crosses the network in the clear (write https://127.evil.example, or add allowInsecure: true)',
      ],
    ],
    [
      'https://mailcow.example',
      'https://mailhaus.example',
      ['6:19: the old and the new server are the same one: a mailbox would be copied onto itself'],
    ],
    [
      'path: inventory.csv }]',
      'path: inventory.csv }, { kind: postfix, directory: etc }]\n  run: ssh://root@mailhaus.example\n  loginLog: log',
      [
        '4:80: with run: ssh://... this must be an absolute path on the old server',
        '6:13: with run: ssh://... this must be an absolute path on the old server',
      ],
    ],
    [
      'imap: { host: mailhaus.example }',
      'imap: { host: mailhaus.example }\n  sieveFiles: { home: /var/vmail/%d/%n }\n  run: ssh://root@mailhaus.example',
      [
        '3:15: scripts are read from files of this machine only, not through ssh (leave it out: then ManageSieve is asked)',
      ],
    ],
    [
      '  master: { user: migrator@mailcow.local, password: ${NEW_MASTER_PASSWORD} }',
      '  access: master',
      [
        '7:11: new.master is missing (write master: { user: migrator@mailcow.local, password: "${NEW_MASTER_PASSWORD}" }, or access: appPassword)',
      ],
    ],
    [
      '  master: { user: migrator@mailcow.local, password: ${NEW_MASTER_PASSWORD} }',
      '  access: appPassword',
      [],
    ],
  ])('%j -> %j', (from, to, expected) => {
    expect(small).toContain(from)
    expect(problemsOf(small.replace(from, to))).toEqual(expected)
  })

  it('keep the key out of what is backed up with the ledger', () => {
    const expected = [
      '8:16: the key lies inside workDir: whoever gets a copy of the ledger would get the key with it (put it beside this file)',
    ]
    expect(problemsOf(small + 'secrets: {key: file:./mailmove-data/x.key}\n')).toEqual(expected)
    expect(problemsOf(small + 'secrets: {key: ./mailmove-data/../mailmove-data/x.key}\n')).toEqual(expected)
    expect(problemsOf(small + 'secrets: {key: file:./mailmove-data.key}\n')).toEqual([])
    expect(problemsOf(small + 'secrets: {key: file:./keys/x.key}\nworkDir: .\n')).toHaveLength(1)
  })

  it('speak also when something else is wrong', () => {
    expect(
      problemsOf(
        small.replace('imap: { host: mailhaus.example }', 'imap: { hst: mailhaus.example, tls: none }'),
      ),
    ).toEqual([
      '2:9: old.imap.host is missing',
      "2:11: 'hst' is no key of old.imap (did you mean host?)",
      '2:39: without TLS the password crosses the network in the clear (use implicit or starttls, or add allowInsecure: true)',
    ])
  })
})
