import { chmod, readFile, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { CopyReport, ProvisionReport, StatusMailbox, StatusReport, SurveyReport } from '@iteg/migration'
import { homeDirectory, startTestbed } from '@iteg/testbed'
import type { SampleMessage, Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { expectExit, flat } from './support/cli.ts'
import { linesOf, message, messageLine, messages } from './support/mail.ts'
import { makeWorld } from './support/world.ts'
import type { World } from './support/world.ts'

vi.setConfig({ testTimeout: 120_000 })

let bed: Testbed
beforeAll(async () => {
  // The new server takes no message above 300 KB: APPEND answers NO, for the whole batch.
  bed = await startTestbed({ newSettings: 'plugin {\n  quota_max_mail_size = 300k\n}\n' })
})
afterAll(() => bed?.stop())

/** What `status` knows of the domain, as data and as people read it. */
async function statusOf(world: World): Promise<{
  readonly domain: StatusReport['domains'][number]
  readonly mailbox: (localPart: string) => StatusMailbox | undefined
}> {
  const { document, ...run } = await world.json<StatusReport>('status', world.domain)
  expectExit(run, 0)
  const [domain] = document.domains
  if (domain === undefined) throw new Error('status knows nothing of the domain')
  return {
    domain,
    mailbox: (localPart) => domain.mailboxes.find(({ mailbox }) => mailbox === world.address(localPart)),
  }
}

async function copied(world: World, exitCode: number): Promise<CopyReport['domains'][number]> {
  const { document, ...run } = await world.json<CopyReport>('copy', world.domain)
  expectExit(run, exitCode)
  const [domain] = document.domains
  if (domain === undefined) throw new Error('copy reports no domain')
  return domain
}

function of(domain: CopyReport['domains'][number], world: World, localPart: string) {
  return domain.mailboxes.find(({ mailbox }) => mailbox === world.address(localPart))
}

describe('a mailbox', () => {
  test('whose login fails: named at survey, stops at the gate, and passes on the record', async () => {
    const inbox = messages('Anna', 3)
    await using world = await makeWorld(bed, {
      domain: 'nologin.example',
      mailboxes: { anna: { folders: { INBOX: inbox } }, berta: { exists: false } },
    })
    const survey = await world.json<SurveyReport>('survey', world.domain)
    expectExit(survey, 1)
    const found = survey.document.domains[0]?.findings.filter(({ severity }) => severity === 'red')
    expect(found).toEqual([
      expect.objectContaining({ code: 'old-login-refused', item: 'berta@nologin.example' }),
    ])
    const gate = await world.run('provision', world.domain)
    expectExit(gate, 3)
    expect(flat(gate.stderr)).toContain('berta@nologin.example')
    expect(flat(gate.stderr)).toContain('mailmove')
    expect(world.api.writes()).toEqual([])
    expectExit(
      await world.run(
        'accept',
        world.domain,
        'old-login-refused',
        'berta@nologin.example',
        '--reason',
        'she left',
      ),
      0,
    )
    const provision = await world.json<ProvisionReport>('provision', world.domain)
    expectExit(provision, 0)
    const domain = await copied(world, 1)
    expect(of(domain, world, 'anna')).toMatchObject({ outcome: 'done', fates: { copied: 3 } })
    expect(of(domain, world, 'berta')?.failure).toMatchObject({ code: 'old-login-refused' })
    expect((await world.newMailbox('anna')).folders['INBOX']).toEqual(linesOf(inbox))
  })

  test('whose login fails during the copy: the others are copied, and status says what to do', async () => {
    const mail = { anna: messages('Anna', 3), berta: messages('Berta', 2), carl: messages('Carl', 2) }
    await using world = await makeWorld(bed, {
      domain: 'loginlost.example',
      mailboxes: Object.fromEntries(
        Object.entries(mail).map(([owner, INBOX]) => [owner, { folders: { INBOX } }]),
      ),
    })
    await world.provisioned()
    await bed.addOldMailbox(world.address('berta'), { active: 0 })
    const { code, stdout } = await world.run('copy', world.domain)
    expect(code).toBe(1)
    expect(flat(stdout)).toMatch(/failed berta@loginlost\.example .*refused.* → /)
    expect((await world.newMailbox('anna')).folders['INBOX']).toEqual(linesOf(mail.anna))
    expect((await world.newMailbox('carl')).folders['INBOX']).toEqual(linesOf(mail.carl))
    const status = await statusOf(world)
    expect(status.mailbox('berta')?.problem).toMatch(/refused/)
    expect(status.mailbox('anna')).toMatchObject({ state: 'copied' })
    expect(status.domain.next).toBe('mailmove copy loginlost.example')
    // Once it works again, one more run is all that is needed.
    await bed.addOldMailbox(world.address('berta'))
    const domain = await copied(world, 0)
    expect(of(domain, world, 'berta')).toMatchObject({ outcome: 'done', fates: { copied: 2 } })
    expect(of(domain, world, 'anna')).toMatchObject({ outcome: 'unchanged' })
  })

  test('the master password is wrong: tried twice on each server, for fail2ban counts', async () => {
    const owners = ['anna', 'berta', 'carl', 'dora', 'emil']
    await using world = await makeWorld(bed, {
      domain: 'wrongmaster.example',
      mailboxes: Object.fromEntries(
        owners.map((owner) => [owner, { folders: { INBOX: messages(owner, 1) } }]),
      ),
    })
    const env = { ...bed.env, OLD_MASTER_PASSWORD: 'not-the-password' }
    const logins = (): number => world.oldProxy.count('LOGIN') + world.oldProxy.count('AUTHENTICATE')
    const survey = await world.start(['survey', world.domain], { env }).done
    expectExit(survey, 1)
    expect(survey.stdout + survey.stderr).not.toContain('not-the-password')
    // Two mailboxes at once: a third login may be on its way when the second is refused.
    expect(logins()).toBeLessThanOrEqual(3)
    const before = logins()
    const check = await world.start(['check'], { env }).done
    expectExit(check, 4)
    expect(flat(check.stdout)).toMatch(/FAILED old\.imap\.master [^→]*→ [^→]*password/)
    expect(logins() - before).toBeLessThanOrEqual(2)
  })
})

function mailWith(folder: string): Readonly<Record<'INBOX' | 'Bleibt', readonly SampleMessage[]>> {
  const mail = { INBOX: messages('Post', 3), Bleibt: messages('Bleibt', 4), [folder]: messages('Weg', 4) }
  return mail
}

describe('at the source', () => {
  test('a folder vanishes while it is copied, early or late: named, and everything else is there', async () => {
    // It is opened to be listed, to learn of its messages, and to fetch them.
    const boxes = { listed: mailWith('Weg0'), asked: mailWith('Weg1'), fetched: mailWith('Weg2') }
    await using world = await makeWorld(bed, {
      domain: 'vanishing.example',
      mailboxes: Object.fromEntries(Object.entries(boxes).map(([owner, folders]) => [owner, { folders }])),
      config: { copy: { mailboxesAtOnce: 3 } },
    })
    await world.provisioned()
    const openings = [0, 1, 2].map((skip) =>
      world.oldProxy.intercept({
        command: new RegExp(`^\\S+ EXAMINE "INBOX.Weg${skip}"`),
        skip,
        when: 'arrived',
        action: 'hold',
      }),
    )
    const copy = world.start(['copy', world.domain])
    const vanish = async (owner: string, skip: number): Promise<void> => {
      await openings[skip]?.happened
      await bed.old.doveadm('mailbox', 'delete', '-u', world.address(owner), `INBOX.Weg${skip}`)
      openings[skip]?.release()
    }
    await Promise.all(Object.keys(boxes).map(vanish))
    const { code, stdout } = await copy.done
    expect([0, 1]).toContain(code)
    for (const name of ['INBOX.Weg0', 'INBOX.Weg1', 'INBOX.Weg2']) expect(flat(stdout)).toContain(name)
    expect(stdout).not.toMatch(/\d secs/)
    for (const [owner, { INBOX, Bleibt }] of Object.entries(boxes)) {
      const { folders } = await world.newMailbox(owner)
      expect([owner, folders['INBOX'], folders['Bleibt']]).toEqual([owner, linesOf(INBOX), linesOf(Bleibt)])
    }
    expect((await statusOf(world)).domain.next).toMatch(/^mailmove (?:copy|verify) vanishing/)
    await copied(world, 0)
    expectExit(await world.run('verify', world.domain), 0)
  })

  test('a folder that was copied is gone: nothing is deleted before somebody says so', async () => {
    const mail = { INBOX: messages('Post', 3), Projekte: messages('Projekte', 5) }
    await using world = await makeWorld(bed, {
      domain: 'gone.example',
      mailboxes: { anna: { folders: mail } },
    })
    await world.provisioned()
    await copied(world, 0)
    await bed.old.doveadm('mailbox', 'delete', '-u', world.address('anna'), 'INBOX.Projekte')
    const stopped = of(await copied(world, 1), world, 'anna')
    expect(stopped?.failure).toMatchObject({ code: 'folder-disappeared' })
    expect(stopped?.failure?.message).toContain('Projekte')
    expect((await world.newMailbox('anna')).folders['Projekte']).toEqual(linesOf(mail.Projekte))
    const { domain } = await statusOf(world)
    const [blocking] = domain.blockedBy
    expect(blocking).toMatchObject({ code: 'folder-disappeared' })
    expect(flat((await world.run('status', world.domain)).stdout)).toContain(
      'accept gone.example folder-disappeared',
    )
    expectExit(
      await world.run(
        'accept',
        world.domain,
        'folder-disappeared',
        blocking?.item ?? '',
        '--reason',
        'she deleted it',
      ),
      0,
    )
    await copied(world, 0)
    expect((await world.newMailbox('anna')).folders['Projekte'] ?? []).toEqual([])
  })

  test('suddenly everything is gone, as behind a disk that is not mounted: nothing is deleted', async () => {
    const mail = { INBOX: messages('Post', 6), Kunden: messages('Kunden', 5) }
    await using world = await makeWorld(bed, {
      domain: 'unmounted.example',
      mailboxes: { anna: { folders: mail }, berta: { folders: { INBOX: messages('Berta', 1) } } },
    })
    await world.provisioned()
    await copied(world, 0)
    await rm(path.join(homeDirectory(bed.old, world.address('anna')), 'Maildir'), { recursive: true })
    const domain = await copied(world, 1)
    expect(of(domain, world, 'anna')?.failure).toMatchObject({
      code: expect.stringMatching(/^(?:source-suddenly-empty|folder-disappeared)$/),
    })
    expect(of(domain, world, 'berta')).toMatchObject({ outcome: 'unchanged' })
    const { folders } = await world.newMailbox('anna')
    expect(folders['INBOX']).toEqual(linesOf(mail.INBOX))
    expect(folders['Kunden']).toEqual(linesOf(mail.Kunden))
    const status = await statusOf(world)
    expect(status.mailbox('anna')?.problem).toBeDefined()
    expect(status.domain.blockedBy).not.toEqual([])
    const survey = await world.json<SurveyReport>('survey', world.domain)
    expect(survey.document.domains[0]?.findings).toContainEqual(
      expect.objectContaining({ code: 'mailbox-sees-nothing', item: world.address('anna'), severity: 'red' }),
    )
  })

  test('an empty INBOX where the survey saw mail, before anything was copied', async () => {
    await using world = await makeWorld(bed, {
      domain: 'emptied.example',
      mailboxes: { anna: { folders: { INBOX: messages('Post', 6) } }, berta: {} },
    })
    await world.provisioned()
    await rm(path.join(homeDirectory(bed.old, world.address('anna')), 'Maildir'), { recursive: true })
    const domain = await copied(world, 1)
    expect(of(domain, world, 'anna')?.failure).toMatchObject({ code: 'source-suddenly-empty' })
    expect(of(domain, world, 'berta')).toMatchObject({ outcome: 'unchanged' })
    expect((await statusOf(world)).mailbox('anna')?.problem).toBeDefined()
  })
})

test('a folder that the old server lists and never opens: one mailbox fails, until the configuration leaves it out', async () => {
  await using world = await makeWorld(bed, {
    domain: 'unopened.example',
    mailboxes: {
      anna: { folders: { INBOX: messages('Post', 3), Kaputt: messages('Kaputt', 2) } },
      berta: {},
    },
  })
  await world.provisioned()
  const broken = path.join(homeDirectory(bed.old, world.address('anna')), 'Maildir/.Kaputt')
  await chmod(broken, 0)
  const failed = of(await copied(world, 1), world, 'anna')
  expect(failed).toMatchObject({
    outcome: 'failed',
    failure: { code: 'folder-failed' },
    fates: { copied: 3 },
  })
  const settings = { exclude: { folders: ['INBOX.Kap*'] } }
  await world.configure({ domains: { [world.domain]: { mailboxes: { [world.address('anna')]: settings } } } })
  expect(of(await copied(world, 0), world, 'anna')).toMatchObject({
    outcome: 'unchanged',
    fates: { copied: 0, alreadyThere: 3 },
  })
  expectExit(await world.run('verify', world.domain), 0)
  expect((await statusOf(world)).mailbox('anna')?.problem).toBeUndefined()
})

describe('at the target', () => {
  test('a message that it refuses lies beside as a file; every other one is there', async () => {
    const inbox = messages('Post', 4)
    const empty = message('unused', { raw: Buffer.alloc(0) })
    await using world = await makeWorld(bed, {
      domain: 'refused.example',
      mailboxes: { anna: { folders: { INBOX: [...inbox.slice(0, 2), empty, ...inbox.slice(2)] } } },
    })
    await world.provisioned()
    const domain = await copied(world, 1)
    const anna = of(domain, world, 'anna')
    expect(anna?.outcome).toBe('done')
    expect(anna?.fates).toEqual({ copied: 4, alreadyThere: 0, setAside: 1, excluded: 0, vanished: 0 })
    const [aside] = anna?.setAside ?? []
    expect(aside).toMatchObject({ folder: 'INBOX' })
    expect((await stat(aside?.file ?? '')).mode & 0o777).toBe(0o600)
    expect((await readFile(aside?.file ?? '')).length).toBe(0)
    expect((await world.newMailbox('anna')).folders['INBOX']).toEqual(linesOf(inbox))
    expect(flat((await world.run('status', world.domain)).stdout)).toContain(
      'accept refused.example message-set-aside',
    )
    // It is explained, so the comparison is green; and it is not tried again and again.
    expectExit(await world.run('verify', world.domain), 0)
    expect(of(await copied(world, 1), world, 'anna')).toMatchObject({
      outcome: 'unchanged',
      fates: { setAside: 1 },
    })
    const accept = ['accept', world.domain, 'message-set-aside', '--reason', 'the owner knows']
    expectExit(await world.run(...accept), 0)
    expect(of(await copied(world, 0), world, 'anna')).toMatchObject({
      setAside: [{ accepted: 'the owner knows' }],
    })
    expect(flat((await world.run('status', world.domain)).stdout)).not.toContain('accept refused.example')
  })

  test('one that is too large for it, among many: kept whole as a file, and nothing else suffers', async () => {
    // The oldest of them all: half after half of the batch is refused until it is found.
    const large = message('Zu groß', {
      receivedAt: new Date('2001-02-03T04:05:06Z'),
      body: 'Zeile\n'.repeat(60_000),
    })
    const others = messages('Post', 150)
    await using world = await makeWorld(bed, {
      domain: 'toolarge.example',
      mailboxes: {
        anna: { folders: { INBOX: [large, ...others] } },
        berta: { folders: { INBOX: messages('Berta', 2) } },
      },
    })
    await world.provisioned()
    const run = await world.run('copy', world.domain)
    expectExit(run, 1)
    expect(flat(run.stdout)).toMatch(/set aside anna@toolarge\.example: INBOX, UID \d+, “[^”]*”: .*kept as /)
    expect((await world.newMailbox('anna')).folders['INBOX']).toEqual(linesOf(others))
    const [kept] = await filesBelow(path.join(world.workDir, 'set-aside'))
    expect(messageLine({ ...large, raw: await readFile(kept ?? '') })).toBe(messageLine(large))
    expectExit(await world.run('verify', world.domain), 0)
  })

  test('the quota is full in the middle: that mailbox stops and is named, the others go on; with more room it goes on', async () => {
    const big = messages('Groß', 30, 100_000)
    const small = messages('Klein', 3)
    await using world = await makeWorld(bed, {
      domain: 'full.example',
      mailboxes: { anna: { folders: { INBOX: big } }, berta: { folders: { INBOX: small } } },
      config: { copy: { mailboxesAtOnce: 1 } },
    })
    await world.provisioned()
    await setQuota(world, 'anna', 1)
    const domain = await copied(world, 1)
    const failure = of(domain, world, 'anna')?.failure
    expect(failure).toMatchObject({ code: 'target-over-quota' })
    expect(failure?.remedy).toMatch(/quota/)
    expect(of(domain, world, 'berta')).toMatchObject({ outcome: 'done' })
    const there = (await world.newMailbox('anna')).folders['INBOX']?.length ?? 0
    expect(there).toBeLessThan(big.length)
    expect((await statusOf(world)).mailbox('anna')?.problem).toMatch(/full|quota/i)
    await setQuota(world, 'anna', 100)
    expect(of(await copied(world, 0), world, 'anna')).toMatchObject({
      fates: { copied: big.length - there, alreadyThere: there },
    })
    expect((await world.newMailbox('anna')).folders['INBOX']).toEqual(linesOf(big))
  })

  test('somebody emptied it by hand: it is filled again, and said so', async () => {
    const mail = { INBOX: messages('Post', 5), Kunden: messages('Kunden', 4) }
    await using world = await makeWorld(bed, {
      domain: 'refilled.example',
      mailboxes: { anna: { folders: mail } },
    })
    await world.provisioned()
    await copied(world, 0)
    await bed.new.doveadm('expunge', '-u', world.address('anna'), 'mailbox', 'INBOX', 'ALL')
    await bed.new.doveadm('mailbox', 'delete', '-u', world.address('anna'), 'Kunden')
    const anna = of(await copied(world, 0), world, 'anna')
    expect(anna?.fates).toMatchObject({ copied: 9 })
    expect(anna?.warnings.join(' ')).not.toBe('')
    const { folders } = await world.newMailbox('anna')
    expect(folders['INBOX']).toEqual(linesOf(mail.INBOX))
    expect(folders['Kunden']).toEqual(linesOf(mail.Kunden))
    expectExit(await world.run('verify', world.domain), 0)
  })
})

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
}

async function setQuota(world: World, localPart: string, mebibytes: number): Promise<void> {
  const response = await fetch(`${bed.new.mailcow.url}/api/v1/edit/mailbox`, {
    method: 'POST',
    headers: { 'X-API-Key': bed.new.mailcow.apiKey, 'Content-Type': 'application/json' },
    body: JSON.stringify({ items: [world.address(localPart)], attr: { quota: String(mebibytes) } }),
  })
  expect(await response.text()).toContain('mailbox_modified')
}
