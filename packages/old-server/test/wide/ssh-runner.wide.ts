import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Sshd, startSshd } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Runner, RunnerError, sshRunner } from '../../src/index.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 300_000 })

let server: Sshd
let runner: Runner
beforeAll(async () => {
  server = await startSshd()
  runner = runnerWith({})
})
afterAll(() => server.stop())

function runnerWith({ key = server.key, port = server.port }): Runner {
  return sshRunner({
    destination: `${server.user}@${server.host}`,
    port,
    arguments: [
      '-F',
      'none',
      '-i',
      key,
      '-o',
      'IdentitiesOnly=yes',
      '-o',
      `UserKnownHostsFile=${server.knownHosts}`,
    ],
  })
}

const failure = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error)

describe('over a real ssh', () => {
  test('a file is read, and one that is not there is undefined', async () => {
    const file = path.join(server.dir, 'main.cf')
    const content = Buffer.from(Array.from({ length: 256 }, (_, octet) => octet)).toString('latin1')
    await writeFile(file, content, 'latin1')
    expect(await runner.readFile(file)).toBe(content)
    expect(await runner.readFile(path.join(server.dir, 'nothing'))).toBeUndefined()
  })

  test('a file is written as a whole; its mode stays', async () => {
    const file = path.join(server.dir, 'transport')
    await writeFile(file, 'old\n')
    await chmod(file, 0o640)
    await runner.writeFile(file, 'new\n\u0000\u00ff')
    expect(await readFile(file, 'latin1')).toBe('new\n\u0000\u00ff')
    expect((await stat(file)).mode & 0o777).toBe(0o640)
    const fresh = path.join(server.dir, 'fresh')
    await runner.writeFile(fresh, '')
    expect((await stat(fresh)).mode & 0o777).toBe(0o644)
  })

  test.each([
    'with blank',
    "quote'quote",
    '$(touch pwned)',
    '`touch pwned`',
    ';touch pwned;',
    '-rf',
    'new\nline',
    '*',
    'ümlaut',
    '\\',
  ])('%j is a name and nothing else', async (name) => {
    const file = path.join(server.dir, name)
    await runner.writeFile(file, 'content')
    expect(await runner.readFile(file)).toBe('content')
    expect(await readFile(file, 'utf8')).toBe('content')
    const { stdout } = await runner.run(['printf', '%s', name])
    expect(stdout).toBe(name)
    // Where a command that slipped through would have been run.
    expect((await runner.run(['ls', '-a'])).stdout).not.toContain('pwned')
  })

  test('a command gets its input, and its exit code is a result', async () => {
    expect(await runner.run(['cat'], { input: 'through\n' })).toMatchObject({ code: 0, stdout: 'through\n' })
    expect(await runner.run(['sh', '-c', 'echo sorry >&2; exit 3'])).toMatchObject({
      code: 3,
      stderr: 'sorry\n',
    })
    expect(await failure(runner.run(['there-is-no-such-command']))).toMatchObject({ code: 'missing' })
  })

  test('a folder that is not there is a failure of the file, named', async () => {
    const error = await failure(runner.writeFile(path.join(server.dir, 'no/such/file'), 'x'))
    expect(error).toBeInstanceOf(RunnerError)
    expect(error).toMatchObject({ code: 'file', message: expect.stringContaining('no/such/file') })
  })

  test('a refused key, and a host where nobody listens, are unreachable', async () => {
    const refused = await failure(runnerWith({ key: server.strangersKey }).run(['true']))
    expect(refused).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('Permission denied'),
    })
    const nobody = await failure(runnerWith({ port: 1 }).readFile('/etc/hostname'))
    expect(nobody).toMatchObject({ code: 'unreachable', message: expect.stringContaining('refused') })
  })

  test('a host with another key than the known one is not spoken to', async () => {
    const stranger = sshRunner({
      destination: `${server.user}@${server.host}`,
      port: server.port,
      arguments: ['-F', 'none', '-i', server.key, '-o', 'UserKnownHostsFile=/dev/null'],
    })
    expect(await failure(stranger.run(['true']))).toMatchObject({ code: 'unreachable' })
  })
})
