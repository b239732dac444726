import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { oddCertificates, startTestbed } from '@iteg/testbed'
import type { OddCertificate, Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CheckReport } from '@iteg/migration'
import { expectExit, flat } from './support/cli.ts'
import { messages } from './support/mail.ts'
import { lineOf, makeWorld } from './support/world.ts'
import type { Tree, World } from './support/world.ts'

let bed: Testbed
let worlds = 0
beforeAll(async () => {
  bed = await startTestbed()
})
afterAll(() => bed?.stop())

function world(config: Tree = {}): Promise<World> {
  worlds += 1
  return makeWorld(bed, {
    domain: `config${worlds}.example`,
    mailboxes: { anna: { folders: { INBOX: messages('Post', 2) } } },
    config,
  })
}

interface ErrorDocument {
  readonly schema: string
  readonly code: string
  readonly message: string
  readonly remedy: string | null
}

/** A port of this machine at which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer()
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('the configuration is wrong', () => {
  test('several unknown keys: all at once, each with line, column and a suggestion, and no server hears of us', async () => {
    await using here = await world({
      quota: { default: '1GiB' },
      copy: { mailboxesAtOnce: 2, lanePerMailbox: 3 },
      old: { mastr: { user: 'x' } },
    })
    const { code, stdout, stderr } = await here.run('survey')
    expect([code, stdout]).toEqual([2, ''])
    for (const [key, suggestion] of [
      ['quota', 'quotas'],
      ['lanePerMailbox', 'lanesPerMailbox'],
      ['mastr', 'master'],
    ] as const) {
      const line = await lineOf(here.configFile, `${key}:`)
      const told =
        stderr.split('\n').find((text) => text.includes(`'${key}'`) || text.includes(`${key} `)) ?? ''
      expect(told).toMatch(new RegExp(`^${here.configFile.replaceAll('.', String.raw`\.`)}:${line}:\\d+: `))
      expect(told).toContain(suggestion)
    }
    expect(stderr).toContain('3 problems')
    expect(here.api.calls).toEqual([])
    expect(here.oldProxy.connections().total).toBe(0)
  })

  test('as JSON: the same problems as data', async () => {
    await using here = await world({ copy: { lanePerMailbox: 3 }, hourz: '20:00-06:00' })
    const { code, document } = await here.json<
      ErrorDocument & { problems: readonly { line: number; column: number; message: string }[] }
    >('check')
    expect(code).toBe(2)
    expect(document.schema).toBe('mailmove.error/1')
    expect(document.problems).toHaveLength(2)
    for (const { line, column, message } of document.problems) {
      expect(line).toBeGreaterThan(0)
      expect(column).toBeGreaterThan(0)
      expect(message).toMatch(/lanePerMailbox|hourz/)
    }
  })

  test('a secret that stands in the file is refused, and not repeated', async () => {
    await using here = await world({ old: { master: { password: 'Geheim-Passw0rd-123' } } })
    const { code, stderr } = await here.run('check')
    expect(code).toBe(2)
    expect(stderr).toContain(`:${await lineOf(here.configFile, 'Geheim-Passw0rd-123')}:`)
    expect(stderr).not.toContain('Geheim-Passw0rd-123')
    expect(flat(stderr)).toContain('${')
  })

  test('a variable that is not set is named', async () => {
    await using here = await world({ new: { mailcow: { apiKey: '${NO_SUCH_VARIABLE}' } } })
    const { code, stderr } = await here.run('survey')
    expect(code).toBe(2)
    expect(stderr).toContain('NO_SUCH_VARIABLE')
    // What only looks at the ledger needs no secret.
    expect((await here.run('status')).code).toBe(0)
  })

  test.each(['mailcow.example', 'https://user:pass@mailcow.example'])(
    'a URL that is none: %s',
    async (url) => {
      await using here = await world({ new: { mailcow: { url } } })
      const { code, stderr } = await here.run('check')
      expect(code).toBe(2)
      expect(stderr).toContain(`:${await lineOf(here.configFile, 'url:')}:`)
      expect(stderr).toContain('https://')
    },
  )

  test('no configuration at all', async () => {
    await using here = await world()
    const { code, stderr } = await here.start(['--config', `${here.dir}/nothing.yaml`, 'check']).done
    expect(code).toBe(2)
    expect(flat(stderr)).toContain('nothing.yaml: there is no such file')
    expect(stderr).toContain('init')
  })

  test('YAML that is none', async () => {
    await using here = await world()
    await writeFile(here.configFile, 'old: [\n  imap: {\n')
    const { code, stderr } = await here.run('survey')
    expect(code).toBe(2)
    expect(stderr).toMatch(/mailmove\.yaml:\d+:\d+: /)
  })
})

describe('a server cannot be reached', () => {
  test('the host of the old server has no address: check and survey name it, and survey changes nothing', async () => {
    await using here = await world({ old: { imap: { host: 'mailhaus.invalid', port: 993 } } })
    const { code, document } = await here.json<CheckReport>('check')
    expect(code).toBe(4)
    const told = document.results.find(({ subject }) => subject === 'old.imap')
    expect(told).toMatchObject({ status: 'failed' })
    expect(`${told?.target} ${told?.detail}`).toContain('mailhaus.invalid')
    expect(told?.remedy).toContain('old.imap')
    // The others were tried all the same.
    expect(document.results.find(({ subject }) => subject === 'new.mailcow.apiKey')).toMatchObject({
      status: 'ok',
    })
    const survey = await here.run('survey', here.domain)
    expect(survey.code).toBe(4)
    expect(flat(survey.stderr)).toContain('mailhaus.invalid')
    expect(flat(survey.stderr)).toContain('check')
    expect(flat((await here.run('status', here.domain)).stdout)).toContain(`survey ${here.domain}`)
  })

  test('nobody listens at the port of the old server', async () => {
    const port = await closedPort()
    await using here = await world({ old: { imap: { port } } })
    const check = await here.run('check')
    expect(check.code).toBe(4)
    expect(flat(check.stdout)).toMatch(new RegExp(`FAILED old\\.imap [^→]*127\\.0\\.0\\.1:${port}[^→]*→`))
    const survey = await here.run('survey', here.domain)
    expect(survey.code).toBe(4)
    expect(flat(survey.stderr)).toContain(`127.0.0.1:${port}`)
  })

  test('mailcow is away: nothing is asked of it twice that could matter, and everything else is checked', async () => {
    const port = await closedPort()
    await using here = await world({ new: { mailcow: { url: `http://127.0.0.1:${port}` } } })
    const { code, document } = await here.json<CheckReport>('check')
    expect(code).toBe(4)
    expect(document.results.find(({ subject }) => subject === 'new.mailcow')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('refused'),
    })
    expect(document.results.find(({ subject }) => subject === 'old.imap.master')).toMatchObject({
      status: 'ok',
    })
    const survey = await here.json<ErrorDocument>('survey', here.domain)
    expect(survey.code).toBe(4)
    expect(survey.document.message).toContain('mailcow')
    expect(survey.document.remedy).not.toBeNull()
  })

  test('what answers at the URL is no mailcow', async () => {
    const { host, port } = bed.sink
    await using here = await world({ new: { mailcow: { url: `http://${host}:${port}` } } })
    const { code, stdout } = await here.run('check')
    expect(code).toBe(4)
    expect(flat(stdout)).toMatch(/FAILED new\.mailcow [^→]*→/)
  })
})

describe('the API key', () => {
  test('may only read: check says so, survey works, provision writes nothing and says what to do', async () => {
    await using here = await world()
    const env = { ...bed.env, MAILCOW_API_KEY: bed.new.mailcow.readOnlyKey }
    const check = await here.start(['check'], { env }).done
    expect(check.code).toBe(4)
    expect(flat(check.stdout)).toMatch(
      /FAILED new\.mailcow\.apiKey [^→]*may only read[^→]*→ [^→]*read-write key/,
    )
    expect((await here.start(['survey', here.domain], { env }).done).code).toBe(0)
    const before = here.api.writes().length
    const provision = await here.start(['provision', here.domain], { env }).done
    expect(provision.code).toBe(4)
    expect(flat(provision.stderr)).toMatch(/read-only|may only read/)
    // The first refusal is the last write that was tried.
    expect(here.api.writes().length - before).toBe(1)
    expect(bed.new.mailcow.state.domains.map(({ domain }) => domain)).not.toContain(here.domain)
    expect(flat((await here.run('status', here.domain)).stdout)).toContain(`provision ${here.domain}`)
    // With the right key it goes on as if nothing had been.
    expect((await here.run('provision', here.domain)).code).toBe(0)
  })

  test('is wrong: it is tried once in a run, for mailcow bans after ten', async () => {
    await using here = await world()
    const env = { ...bed.env, MAILCOW_API_KEY: 'wrong-key-wrong-key' }
    for (const [command, calls] of [
      ['check', 1],
      ['survey', 1],
    ] as const) {
      const before = here.api.calls.length
      const run = await here.start([command], { env }).done
      expect(run.code).toBe(4)
      expect(flat(run.stdout + run.stderr)).toMatch(/API key/)
      expect(run.stdout + run.stderr).not.toContain('wrong-key')
      expect(here.api.calls.length - before).toBe(calls)
    }
  })
})

describe('certificates', () => {
  const odd: readonly [OddCertificate, RegExp][] = [
    ['expired', /expired/],
    ['selfSigned', /self-signed/],
    ['wrongHost', /another name \(DNS:somewhere-else\.example\)/],
  ]

  test.each(odd)('IMAP of the old server: %s', async (certificate, reason) => {
    await using here = await world({
      old: {
        imap: {
          host: oddCertificates[certificate],
          port: bed.old.imaps.port,
          tls: 'implicit',
          allowInsecure: undefined,
          tlsOptions: { ca: bed.caFile },
        },
      },
    })
    const before = (await bed.old.log()).length
    const { code, stdout } = await here.run('check')
    expect(code).toBe(4)
    expect(flat(stdout)).toMatch(
      new RegExp(`FAILED old\\.imap [^→]*(?:${reason.source})[^→]*→ [^→]*old\\.imap`),
    )
    // Nobody was told the password.
    expect((await bed.old.log()).slice(before)).not.toContain('migrator')
  })

  test.each(odd)('the API of mailcow: %s', async (certificate, reason) => {
    const url = new URL(bed.new.mailcow.url)
    const front = await bed.behindTls({ host: url.hostname, port: Number(url.port) }, certificate)
    await using here = await world({
      new: { mailcow: { url: `https://127.0.0.1:${front.port}`, tlsOptions: { ca: bed.caFile } } },
    })
    const before = bed.new.mailcow.requests.length
    const { code, stdout } = await here.run('check')
    expect(code).toBe(4)
    expect(flat(stdout)).toMatch(new RegExp(`FAILED new\\.mailcow [^→]*(?:${reason.source})[^→]*→ `))
    // The client's option is called tls.ca; here it is a key of the configuration.
    expect(stdout).not.toMatch(/[^.]tls\.ca/)
    // Nobody was told the key.
    expect(bed.new.mailcow.requests.length).toBe(before)
  })

  test('good ones pass, on every connection', async () => {
    const url = new URL(bed.new.mailcow.url)
    const front = await bed.behindTls({ host: url.hostname, port: Number(url.port) })
    const tls = { tls: 'implicit', allowInsecure: undefined, tlsOptions: { ca: bed.caFile } }
    await using here = await world({
      old: { imap: { ...bed.old.imaps, ...tls }, sieve: { ...bed.old.sieve, ...tls, tls: 'starttls' } },
      new: {
        mailcow: { url: `https://127.0.0.1:${front.port}`, tlsOptions: { ca: bed.caFile } },
        imap: { ...bed.new.imaps, ...tls },
        sieve: { ...bed.new.sieve, ...tls, tls: 'starttls' },
      },
    })
    const { document, ...run } = await here.json<CheckReport>('check')
    expectExit(run, 0)
    expect(document.results.find(({ subject }) => subject === 'old.imap')?.facts['tls']).toMatch(
      /^TLSv1\.[23]/,
    )
  })
})
