import { Resolver } from 'node:dns/promises'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startTestbed } from '../src/index.ts'

const setMx = ['update delete stay.example. MX', 'update add stay.example. 300 MX 5 mailcow.example.']

test('two servers answer for every zone; the second follows, or is held back', async () => {
  await using bed = await startTestbed({ only: ['dns'] })
  const { dns } = bed
  const secondary = new Resolver()
  secondary.setServers([`${dns.secondary.host}:${dns.secondary.port}`])
  const before = [{ exchange: 'mailhaus.example', priority: 10, type: 'MX' }]
  const after = [{ exchange: 'mailcow.example', priority: 5, type: 'MX' }]
  for (const resolver of [dns.resolver, secondary]) {
    expect(await resolver.resolveMx('stay.example')).toMatchObject(before)
    expect((await resolver.resolveNs('stay.example')).toSorted()).toEqual([
      'ns1.dns.example',
      'ns2.dns.example',
    ])
    expect(await resolver.resolve4('ns2.dns.example')).toEqual([dns.secondary.host])
    // the rest of the world
    expect(await resolver.resolveMx('agentur.example')).toMatchObject([{ exchange: 'mx.outside.example' }])
  }
  await dns.secondary.holdBack()
  await dns.update('stay.example', setMx)
  expect(await dns.resolver.resolveMx('stay.example')).toMatchObject(after)
  expect(await secondary.resolveMx('stay.example')).toMatchObject(before)
  await dns.secondary.catchUp()
  expect(await secondary.resolveMx('stay.example')).toMatchObject(after)
  await dns.update('stay.example', ['update add stay.example. 300 TXT "new"'])
  await dns.followed()
  expect(await secondary.resolveTxt('stay.example')).toContainEqual(['new'])
})

test('an update whose prerequisite is not so, or of a zone that is not there, is refused', async () => {
  await using bed = await startTestbed({ only: ['dns'] })
  const wrong = ['prereq yxrrset stay.example. MX 10 elsewhere.example.', ...setMx]
  await expect(bed.dns.update('stay.example', wrong)).rejects.toThrow('NXRRSET')
  await expect(bed.dns.update('nowhere.example', setMx)).rejects.toThrow('refused')
  expect(await bed.dns.resolver.resolveMx('stay.example')).toMatchObject([{ exchange: 'mailhaus.example' }])
})

test('beds at once have networks of their own, and the machine keeps its resolver', async () => {
  const resolvers = await readFile('/etc/resolv.conf', 'utf8')
  const beds = await Promise.all([1, 2, 3].map(() => startTestbed({ only: ['dns'] })))
  try {
    expect(new Set(beds.map((bed) => bed.dns.host)).size).toBe(3)
    const [one] = beds
    expect((await one?.run('cat', ['/etc/resolv.conf']))?.stdout).toContain(`nameserver ${one?.dns.host}\n`)
    expect(await readFile('/etc/resolv.conf', 'utf8')).toBe(resolvers)
  } finally {
    for (const bed of beds) await bed.stop()
  }
})

test('commands from outside reach the old Postfix; docker is written down', async () => {
  await using bed = await startTestbed({ only: ['smtp'] })
  const { configDirectory } = bed.old.postfix
  const run = async (name: string, ...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)(path.join(bed.commands, name), [...args])).stdout
  expect(await run('postconf', '-c', configDirectory, '-h', 'relay_domains')).toBe(
    `hash:${configDirectory}/relay_domains\n`,
  )
  const map = `hash:${configDirectory}/valiases`
  expect(await run('postmap', '-c', configDirectory, '-q', 'weg@stay.example', map)).toBe(
    'weg@elsewhere.example\n',
  )
  expect(await run('postfix', '-c', configDirectory, 'check')).toBe('')
  await run('postfix', '-c', configDirectory, 'reload')
  expect(await run('postqueue', '-c', configDirectory, '-j')).toBe('')
  expect(await bed.new.docker.calls()).toEqual([])
  await run('docker', 'compose', 'restart', 'sogo-mailcow', 'acme-mailcow')
  const reloads = async (): Promise<number> =>
    (await bed.new.postfix.log()).split('refreshing the Postfix').length - 1
  expect(await reloads()).toBe(0)
  await run('docker', 'compose', 'exec', '-T', 'postfix-mailcow', 'postfix', 'reload')
  // postlogd writes it, in its own time
  await expect.poll(reloads).toBe(1)
  await bed.new.docker.failWith('no such service: sogo-mailcow')
  await expect(run('docker', 'compose', 'restart', 'sogo-mailcow')).rejects.toThrow('no such service')
  expect(await bed.new.docker.calls()).toEqual([
    'compose restart sogo-mailcow acme-mailcow',
    'compose exec -T postfix-mailcow postfix reload',
    'compose restart sogo-mailcow',
  ])
})
