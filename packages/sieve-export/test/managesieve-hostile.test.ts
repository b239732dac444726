import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  connectManageSieve,
  isManageSieveError,
  type ManageSieveClient,
  type ManageSieveError,
  type ManageSieveOptions,
  openManageSieve,
} from '../src/index.ts'
import { type Peer, type ScriptedServer, scriptedServer } from './managesieve-scripted-server.ts'

const login = { user: 'anna@example.at', password: 'very-secret' }
const capabilities =
  '"IMPLEMENTATION" "Scripted"\r\n"SIEVE" "fileinto"\r\n"SASL" "PLAIN"\r\n"VERSION" "1.0"\r\n'
const greeting = `${capabilities}OK "ready"\r\n`
const plain = { allowInsecure: true } satisfies ManageSieveOptions

let bed: Testbed
let certificate: { cert: Buffer; key: Buffer }
let ca: string
beforeAll(async () => {
  // Only its certificates are needed.
  bed = await startTestbed({ only: [] })
  const file = (name: string): Promise<Buffer> => readFile(path.join(bed.dir, 'certificates', name))
  certificate = { cert: await file('server.pem'), key: await file('server.key') }
  ca = await readFile(bed.caFile, 'utf8')
})
afterAll(() => bed.stop())

const on = ({ host, port }: ScriptedServer, tls: 'starttls' | 'none' | 'implicit') => ({
  host,
  port,
  tls,
  ...(tls === 'none' ? {} : { tlsOptions: { ca } }),
})

async function failureOf(work: Promise<unknown>): Promise<ManageSieveError> {
  try {
    await work
  } catch (error) {
    if (isManageSieveError(error)) return error
    throw error
  }
  throw new Error('it did not fail')
}

/** A server that greets, lets everybody in, and then plays its part. */
function loggedIn(part: (peer: Peer) => Promise<void>): Promise<ScriptedServer> {
  return scriptedServer(async (peer) => {
    peer.send(greeting)
    await peer.line()
    peer.send('OK "in"\r\n')
    await peer.line()
    peer.send(greeting)
    await part(peer)
  })
}

function refusing(answer: string): Promise<ScriptedServer> {
  return scriptedServer(async (peer) => {
    peer.send(greeting)
    await peer.line()
    peer.send(answer)
    await peer.gone
    const words = peer.heard().match(/AUTHENTICATE/g) ?? []
    expect(words).toHaveLength(1)
  })
}

async function session(
  part: (peer: Peer) => Promise<void>,
  options: ManageSieveOptions = {},
): Promise<{ client: ManageSieveClient } & AsyncDisposable> {
  const server = await loggedIn(part)
  const client = await connectManageSieve(on(server, 'none'), login, { ...plain, ...options })
  return {
    client,
    [Symbol.asyncDispose]: async () => {
      client.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

describe('before the login', () => {
  it('sends no password over a connection in clear', async () => {
    await using server = await scriptedServer(async (peer) => {
      peer.send(greeting)
      await peer.gone
      expect(peer.heard()).toBe('')
    })
    const error = await failureOf(connectManageSieve(on(server, 'none'), login))
    expect(error.code).toBe('tls')
    await server.played
  })

  it('sends nothing when STARTTLS is not offered: somebody may have taken it out', async () => {
    await using server = await scriptedServer(async (peer) => {
      peer.send(greeting)
      await peer.gone
      expect(peer.heard()).toBe('')
    })
    expect((await failureOf(connectManageSieve(on(server, 'starttls'), login))).code).toBe('tls')
    await server.played
  })

  it.each([
    ['a whole answer', 'OK "TLS"\r\nOK "more"\r\n'],
    ['capabilities', `OK "TLS"\r\n${capabilities}`],
    ['a byte', 'OK "TLS"\r\n '],
    ['an empty line', 'OK "TLS"\r\n\r\n'],
  ])('takes nothing for safe that came before TLS: %s', async (_name, answer) => {
    await using server = await scriptedServer(async (peer) => {
      peer.send(`"STARTTLS"\r\n${greeting}`)
      await peer.line()
      peer.send(answer)
      await peer.gone
      expect(peer.heard()).toBe('STARTTLS\r\n')
    }, certificate)
    expect((await failureOf(connectManageSieve(on(server, 'starttls'), login))).code).toBe('protocol')
    await server.played
  })

  it('forgets the capabilities of before TLS', async () => {
    await using server = await scriptedServer(async (peer) => {
      peer.send(`"SIEVE" "injected"\r\n"SASL" "PLAIN"\r\n"STARTTLS"\r\n"X-OLD"\r\nOK\r\n`)
      await peer.line()
      peer.send('OK\r\n')
      await peer.secure()
      peer.send(greeting)
      await peer.gone
    }, certificate)
    await using client = await openManageSieve(on(server, 'starttls'))
    expect([...client.capabilities.extensions]).toEqual(['fileinto'])
    expect(client.capabilities.all.has('X-OLD')).toBe(false)
    expect(client.tls?.protocol).toMatch(/^TLSv1/)
  })

  it.each([
    ['hangs up', 'tls', (peer: Peer) => peer.cut()],
    ['speaks no TLS', 'tls', (peer: Peer) => peer.send('this is no TLS at all, sorry\r\n'.repeat(20))],
  ])('fails when the server %s after STARTTLS', async (_name, code, act) => {
    await using server = await scriptedServer(async (peer) => {
      peer.send(`"STARTTLS"\r\n${greeting}`)
      await peer.line()
      peer.send('OK\r\n')
      // The first bytes of the handshake: from now on the client expects TLS.
      await peer.bytes(1)
      act(peer)
      await peer.gone
    })
    expect((await failureOf(openManageSieve(on(server, 'starttls')))).code).toBe(code)
  })

  it('does not trust a certificate that nobody vouches for, unless it is the pinned one', async () => {
    await using server = await scriptedServer(async (peer) => {
      await peer.secure()
      peer.send(greeting)
      await peer.gone
    }, certificate)
    const { host, port } = server
    const { X509Certificate } = await import('node:crypto')
    const { fingerprint256: fingerprint } = new X509Certificate(certificate.cert)
    const implicit = { host, port, tls: 'implicit' } as const
    expect((await failureOf(openManageSieve(implicit))).code).toBe('tls')
    const wrong = { ...implicit, tlsOptions: { fingerprint: fingerprint.replaceAll(/[0-9]/g, '0') } }
    expect((await failureOf(openManageSieve(wrong))).code).toBe('tls')
    await using client = await openManageSieve({ ...implicit, tlsOptions: { fingerprint } })
    expect(client.capabilities.implementation).toBe('Scripted')
  })

  it.each([
    ['a port where nobody listens', undefined, 'connect'],
    ['a server that says BYE', 'BYE "go away"\r\n', 'bye'],
    ['a server that says NO', 'NO "not now"\r\n', 'connect'],
    ['a server that refers elsewhere', 'BYE (REFERRAL "sieve://evil.example") "there"\r\n', 'referral'],
    ['another kind of server', '* OK [CAPABILITY IMAP4rev1] ready\r\n', 'protocol'],
    ['another kind of server, too', '220 mail.example ESMTP\r\n', 'protocol'],
  ])('names %s', async (_name, text, code) => {
    const server = await scriptedServer(async (peer) => {
      peer.send(text ?? '')
      await peer.gone
    })
    if (text === undefined) await server[Symbol.asyncDispose]()
    const error = await failureOf(openManageSieve(on(server, 'none')))
    expect(error.code).toBe(code)
    // Reported, never followed.
    expect(error.referral).toBe(code === 'referral' ? 'sieve://evil.example' : undefined)
    expect(server.connections()).toBeLessThanOrEqual(1)
    if (text !== undefined) await server[Symbol.asyncDispose]()
  })

  it('gives up on a greeting that does not come, and on one that never ends', async () => {
    await using silent = await scriptedServer((peer) => peer.gone)
    const options = { connectTimeoutMs: 50 }
    expect((await failureOf(openManageSieve(on(silent, 'none'), options))).code).toBe('timeout')
    await using endless = await scriptedServer(async (peer) => {
      const chatter = setInterval(() => peer.send('"X" "y"\r\n'), 5)
      await peer.gone
      clearInterval(chatter)
    })
    expect((await failureOf(openManageSieve(on(endless, 'none'), options))).code).toBe('timeout')
  })

  it('ends at once when aborted, with the reason given', async () => {
    const reason = new Error('enough')
    for (const tls of ['none', 'starttls', 'implicit'] as const) {
      const controller = new AbortController()
      await using server = await scriptedServer(async (peer) => {
        controller.abort(reason)
        await peer.gone
      })
      await expect(openManageSieve(on(server, tls), { signal: controller.signal })).rejects.toBe(reason)
    }
    const signal = AbortSignal.abort(reason)
    await expect(openManageSieve({ host: '127.0.0.1', port: 1, tls: 'none' }, { signal })).rejects.toBe(
      reason,
    )
  })
})

describe('the login', () => {
  it.each([
    ['NO "Authentication failed."\r\n', 'login'],
    ['NO (AUTH-TOO-WEAK) "no"\r\n', 'login'],
    ['NO (TRYLATER) "database down"\r\n', 'loginTemporary'],
    ['NO (REFERRAL "sieve://b.example") "there"\r\n', 'referral'],
    ['BYE "Too many failures"\r\n', 'bye'],
  ])('%j is %s, and tried once', async (answer, code) => {
    await using server = await refusing(answer)
    const error = await failureOf(connectManageSieve(on(server, 'none'), login, plain))
    expect(error.code).toBe(code)
    expect(JSON.stringify([error.message, error.serverText, error])).not.toMatch(
      /very-secret|dmVyeS1zZWNyZXQ/,
    )
    await server.played
  })

  it('calls a server that hangs up in the middle temporary', async () => {
    await using server = await scriptedServer(async (peer) => {
      peer.send(greeting)
      await peer.line()
      peer.cut()
    })
    const error = await failureOf(connectManageSieve(on(server, 'none'), login, plain))
    expect([error.code, error.retryable]).toEqual(['loginTemporary', true])
  })

  it('sends identity, user and password as SASL PLAIN wants them', async () => {
    await using server = await scriptedServer(async (peer) => {
      peer.send(greeting)
      const [verb, mechanism, response = ''] = (await peer.line()).split(' ')
      const decoded = Buffer.from(response.slice(1, -1), 'base64').toString()
      expect([verb, mechanism, decoded]).toEqual([
        'AUTHENTICATE',
        '"PLAIN"',
        'anna@example.at\0migrator\0pässword',
      ])
      peer.send('OK (SASL "cnNwYXV0aD0=") "in"\r\n')
      await peer.line()
      peer.send(`"OWNER" "anna@example.at"\r\n${greeting}`)
      await peer.gone
    })
    const master = { user: 'migrator', password: 'pässword', authorizationId: 'anna@example.at' }
    await using client = await connectManageSieve(on(server, 'none'), master, plain)
    expect(client.capabilities.owner).toBe('anna@example.at')
    client.close()
    await server.played
  })

  it('repeats the response for a server that overlooked it, and cancels any other challenge', async () => {
    await using server = await scriptedServer(async (peer) => {
      peer.send(greeting)
      const response = (await peer.line()).split(' ')[2]
      peer.send('""\r\n')
      expect(await peer.line()).toBe(response)
      peer.send('{4+}\r\nYm8=\r\n')
      expect(await peer.line()).toBe('"*"')
      peer.send('NO "cancelled"\r\n')
      await peer.gone
    })
    expect((await failureOf(connectManageSieve(on(server, 'none'), login, plain))).code).toBe('login')
    await server.played
  })

  it('sends nothing that cannot be a login, and nothing where PLAIN is not offered', async () => {
    await using server = await scriptedServer(async (peer) => {
      peer.send('"SASL" "GSSAPI SCRAM-SHA-1"\r\nOK\r\n')
      await peer.gone
      expect(peer.heard()).toBe('')
    })
    expect((await failureOf(connectManageSieve(on(server, 'none'), login, plain))).code).toBe('login')
    await server.played
    await using other = await scriptedServer(async (peer) => {
      peer.send(greeting)
      await peer.gone
    })
    const nul = { user: 'anna', password: 'a\0b' }
    expect((await failureOf(connectManageSieve(on(other, 'none'), nul, plain))).code).toBe('usage')
  })
})

describe('a session', () => {
  it('hears BYE whenever it comes, also between two commands', async () => {
    await using idle = await session(async (peer) => {
      peer.send('BYE (TRYLATER) "Server shutting down."\r\n')
      await peer.gone
    })
    const error = await failureOf(idle.client.listScripts())
    expect([error.code, error.responseCode, error.serverText]).toEqual([
      'bye',
      'TRYLATER',
      'Server shutting down.',
    ])
    expect(idle.client.isAlive).toBe(false)
    await using busy = await session(async (peer) => {
      await peer.line()
      peer.send('{100}\r\nonly half of it')
      await peer.line()
    })
    const half = busy.client.getScript('main')
    busy.client.close()
    expect((await failureOf(half)).code).toBe('closed')
  })

  it('reads a script of many chunks and any bytes', async () => {
    const content = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 256))
    await using open = await session(async (peer) => {
      expect(await peer.line()).toBe('GETSCRIPT "we\\"ird \\\\ ü"')
      peer.send(`{${content.length}}\r\n`)
      for (let at = 0; at < content.length; at += 999) peer.send(content.subarray(at, at + 999))
      peer.send('\r\nOK\r\n')
      await peer.gone
    })
    expect(Buffer.from(await open.client.getScript('we"ird \\ ü')).equals(content)).toBe(true)
  })

  it.each([
    ['a script beyond the limit', '{5000}\r\n', 'limit'],
    ['an endless list', '"x"\r\n'.repeat(10_001), 'limit'],
    ['an endless line', 'x'.repeat(70_000), 'limit'],
    ['an answer to nothing behind the answer', '{1}\r\nx\r\nOK\r\nOK\r\n', 'protocol'],
    ['a second script', '"a"\r\n"b"\r\nOK\r\n', 'protocol'],
    ['no script', 'OK\r\n', 'protocol'],
    ['a word for a script', 'OK2\r\n', 'protocol'],
  ])('ends the session at %s', async (_name, answer, code) => {
    await using open = await session(
      async (peer) => {
        await peer.line()
        peer.send(answer)
        await peer.gone
      },
      { maxScriptBytes: 4000 },
    )
    expect((await failureOf(open.client.getScript('main'))).code).toBe(code)
    expect(open.client.isAlive).toBe(false)
    expect((await failureOf(open.client.noop())).code).toBe(code)
  })

  it('settles every command when the server falls silent or trickles', async () => {
    await using open = await session(
      async (peer) => {
        const chatter = setInterval(() => peer.send('"x"\r\n'), 5)
        await peer.gone
        clearInterval(chatter)
      },
      { commandTimeoutMs: 60 },
    )
    const codes = await Promise.all(
      [open.client.listScripts(), open.client.noop(), open.client.getScript('a')].map(
        async (work) => (await failureOf(work)).code,
      ),
    )
    expect(codes).toEqual(['timeout', 'timeout', 'timeout'])
  })

  it('sends commands one after the other, and survives a NO', async () => {
    await using open = await session(async (peer) => {
      expect(await peer.line()).toBe('DELETESCRIPT "a"')
      peer.send('NO (ACTIVE) "it is active"\r\n')
      expect(await peer.line()).toBe('HAVESPACE "b" 12')
      peer.send('OK\r\n')
      expect(await peer.line()).toBe('NOOP "x"')
      peer.send('OK (TAG "y")\r\n')
      await peer.gone
    })
    const { client } = open
    const [refused, space] = await Promise.allSettled([client.deleteScript('a'), client.haveSpace('b', 12)])
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'refused', responseCode: 'ACTIVE' } })
    expect(space.status).toBe('fulfilled')
    // The tag is there to notice a server that is out of step.
    expect((await failureOf(client.noop('x'))).code).toBe('protocol')
  })

  it('ends at once when aborted in the middle of a command', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    await using open = await session(
      async (peer) => {
        await peer.line()
        controller.abort(reason)
        await peer.gone
      },
      { signal: controller.signal },
    )
    await expect(open.client.putScript('main', 'keep;')).rejects.toBe(reason)
    await expect(open.client.listScripts()).rejects.toBe(reason)
  })

  it('sends nothing that cannot be meant', async () => {
    await using open = await session(
      async (peer) => {
        expect(await peer.line()).toBe('LOGOUT')
        peer.send('OK "bye"\r\n')
        await peer.gone
      },
      { maxScriptBytes: 10 },
    )
    const { client } = open
    expect((await failureOf(client.putScript('a\r\nDELETESCRIPT "b"', ''))).code).toBe('usage')
    expect((await failureOf(client.setActive(''))).code).toBe('usage')
    expect((await failureOf(client.haveSpace('a', -1))).code).toBe('usage')
    expect((await failureOf(client.checkScript('x'.repeat(11)))).code).toBe('limit')
    await client.logout()
    await client.logout()
    expect(client.isAlive).toBe(false)
  })
})
