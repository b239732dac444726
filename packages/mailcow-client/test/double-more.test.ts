import { generateKeyPairSync } from 'node:crypto'
import { type MailcowDouble, memoryAccountStore, startMailcowDouble } from '@iteg/testbed'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MailcowClient, MIB, type WriteOptions } from '../src/index.ts'

let double: MailcowDouble
let client: MailcowClient
const readBack: WriteOptions = { readBack: true }
const domain = 'example.at'
const anna = 'anna@example.at'

beforeEach(async () => {
  double = await startMailcowDouble({ accounts: memoryAccountStore(), apiKey: 'KEY' })
  client = new MailcowClient({ url: double.url, apiKey: 'KEY', strict: true })
  await client.domains.add({ domain, active: true, quotaBytes: 10_240 * MIB, tags: ['a', 'b'] })
  await client.mailboxes.add({
    localPart: 'anna',
    domain,
    name: 'Anna',
    password: 'Secret-pass-1',
    quotaBytes: 100 * MIB,
    active: true,
    forcePasswordUpdate: false,
    tags: ['vip'],
  })
})
afterEach(async () => {
  await client.close()
  await double.close()
})

describe('round trips of a domain', () => {
  test('alias domains: refused while the target is relayed', async () => {
    await client.domains.edit(domain, { backupMx: true, relayAllRecipients: true }, readBack)
    const settings = { domain: 'example.co.at', target: domain, active: true }
    await expect(client.aliasDomains.add(settings)).rejects.toMatchObject({
      code: 'rejected',
      message: expect.stringContaining('is a relay domain'),
    })
    await client.domains.edit(
      domain,
      { backupMx: false, relayAllRecipients: false, relayUnknownOnly: false },
      readBack,
    )
    await client.aliasDomains.add(settings, readBack)
    await expect(client.domains.get('example.co.at')).resolves.toBeUndefined()
    await client.aliasDomains.edit('example.co.at', { active: false }, readBack)
    await client.aliasDomains.delete('example.co.at', readBack)
    await expect(client.aliasDomains.list()).resolves.toEqual([])
  })

  test('DKIM: replaced, imported, copied, deleted', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    await expect(client.dkim.add(domain)).rejects.toMatchObject({ code: 'rejected', effect: 'none' })
    await expect(client.dkim.import(domain, { selector: 'old', privateKey: pem })).rejects.toMatchObject({
      code: 'exists',
    })
    await client.dkim.import(domain, { selector: 'old', privateKey: pem, overwrite: true }, readBack)
    await client.domains.add({ domain: 'second.example' })
    await client.dkim.duplicate(domain, ['second.example'], readBack)
    const [first, second] = await Promise.all([client.dkim.get(domain), client.dkim.get('second.example')])
    expect(second?.publicKey).toBe(first?.publicKey)
    await client.dkim.delete(domain, readBack)
    await client.dkim.add(domain, { selector: 'new', bits: 1024 }, readBack)
  })

  test('tags, footer, search, rate limit', async () => {
    await client.domains.removeTags(domain, ['a'], readBack)
    await expect(client.domains.search('example')).resolves.toMatchObject({
      matching: 1,
      items: [{ tags: ['b'] }],
    })
    await client.domains.setFooter(domain, { html: '<p>x</p>', plain: 'x', exceptMailboxes: [anna] })
    await client.rateLimits.setDomain(domain, { value: 100, per: 'hour' }, readBack)
    await client.rateLimits.setMailbox(anna, { value: 10, per: 'minute' }, readBack)
    await expect(client.rateLimits.listMailboxes()).resolves.toEqual([
      { mailbox: anna, limit: { value: 10, per: 'minute' } },
    ])
    await client.rateLimits.setMailbox(anna, null, readBack)
  })

  test('domain admins', async () => {
    await client.domainAdmins.add(
      { username: 'chef', password: 'Secret-pass-1', domains: [domain], active: true },
      readBack,
    )
    await client.domainAdmins.setPermissions('chef', ['syncjobs', 'login_as'])
    await expect(client.domainAdmins.ssoToken('chef')).resolves.toMatch(/^[0-9A-F-]+$/)
    await client.domainAdmins.edit('chef', { username: 'boss', active: false }, readBack)
    await client.domainAdmins.delete('boss', readBack)
    await expect(client.domainAdmins.list()).resolves.toEqual([])
  })

  test('templates', async () => {
    const template = await client.domainTemplates.add('Small', {
      max_num_mboxes_for_domain: 3,
      max_quota_for_domain: 100,
    })
    expect(template.attributes).toMatchObject({
      max_num_mboxes_for_domain: 3,
      max_quota_for_domain: 100 * MIB,
    })
    await client.domainTemplates.edit(template.id, { max_num_mboxes_for_domain: 4 })
    await expect(client.domainTemplates.get(template.id)).resolves.toMatchObject({
      attributes: { max_num_mboxes_for_domain: 4 },
    })
    await client.domainTemplates.delete(template.id, readBack)
    // "Default" stays, whatever mailcow says.
    await expect(client.domainTemplates.delete(1, readBack)).rejects.toMatchObject({
      code: 'not_as_intended',
    })
    await client.mailboxTemplates.delete(
      (await client.mailboxTemplates.add('Big', { quota: 1000 })).id,
      readBack,
    )
  })
})

describe('round trips of a mailbox', () => {
  test('preferences', async () => {
    await client.mailboxPreferences.setTlsPolicy(anna, { requireIn: true, requireOut: true }, readBack)
    await client.mailboxPreferences.setQuarantineNotification([anna], 'never', readBack)
    await client.mailboxPreferences.setCustomAttributes(anna, { role: 'cow' }, readBack)
    await client.mailboxPreferences.setTaggedMail(anna, 'subfolder')
    await client.mailboxPreferences.setPermissions(anna, ['app_passwds'])
    await client.mailboxes.removeTags(anna, ['vip'], readBack)
    await expect(client.mailboxes.get(anna)).resolves.toMatchObject({
      requireTlsIn: true,
      quarantineNotification: 'never',
      customAttributes: { role: 'cow' },
      tags: [],
    })
  })

  test('what edit/mailbox would ignore is not offered there, and another name is', async () => {
    await client.mailboxes.rename(anna, { localPart: 'anne', keepAlias: true }, readBack)
    await expect(client.aliases.get(anna)).resolves.toMatchObject({
      targets: ['anne@example.at'],
      active: true,
    })
    await expect(client.mailboxes.listReduced(domain)).resolves.toMatchObject([
      { address: 'anne@example.at' },
    ])
    await expect(client.mailboxes.listTagged(['vip'])).resolves.toHaveLength(1)
    await expect(client.mailboxes.listDomains([domain, 'unknown.example'])).resolves.toHaveLength(1)
    await expect(client.mailboxes.search('anne')).resolves.toMatchObject({ matching: 1 })
  })

  test('spam lists and scores', async () => {
    const entry = await client.policies.addMailbox(anna, { list: 'allow', sender: '*@Good.example' })
    const other = await client.policies.addDomain(domain, { list: 'deny', sender: 'bad@spam.example' })
    await expect(client.policies.listMailbox(anna, 'deny')).resolves.toEqual([])
    await client.policies.deleteMailbox([entry.id])
    await client.policies.deleteDomain(other.id)
    await expect(client.policies.deleteDomain(other.id)).rejects.toMatchObject({ code: 'denied' })
    await client.spamScores.set(anna, { junk: 4, reject: 12.5 }, readBack)
    await client.spamScores.reset(anna)
    await expect(client.spamScores.get(anna)).resolves.toEqual({ junk: 5, reject: 15 })
  })

  test('temporary aliases', async () => {
    const alias = await client.temporaryAliases.add({ mailbox: anna, domain, validity: { hours: 2 } })
    expect(alias.mailbox).toBe(anna)
    await client.temporaryAliases.delete(alias.address)
    await expect(client.temporaryAliases.list(anna)).resolves.toEqual([])
  })

  test('sync jobs', async () => {
    const job = await client.syncJobs.add({
      mailbox: anna,
      host: 'imap.old.example',
      port: 993,
      encryption: 'implicit',
      user: 'anna',
      password: 'old',
      active: false,
    })
    await client.syncJobs.edit(job.id, { everyMinutes: 60, encryption: 'starttls', port: 143 }, readBack)
    await client.syncJobs.delete(job.id)
    await expect(client.syncJobs.list(anna)).resolves.toEqual([])
  })

  test('resources', async () => {
    const { address } = await client.resources.add(
      { domain, description: 'Big Room', kind: 'location', active: true },
      readBack,
    )
    await expect(client.mailboxes.get(address)).resolves.toBeUndefined()
    await client.resources.edit(address, { active: false, multipleBookings: -1 }, readBack)
    await client.resources.delete(address, readBack)
  })
})

describe('round trips of the server', () => {
  test('maps', async () => {
    const bcc = await client.bccMaps.add({
      owner: domain,
      copyTo: 'archive@x.example',
      direction: 'received',
      active: true,
    })
    await client.bccMaps.edit(bcc.id, { active: false, copyTo: 'other@x.example' }, readBack)
    await expect(client.bccMaps.get(bcc.id)).resolves.toMatchObject({ owner: '@example.at', active: false })
    await client.bccMaps.delete(bcc.id, readBack)
    const map = await client.recipientMaps.add({ from: 'old@example.at', to: anna, active: true })
    await client.recipientMaps.edit(map.id, { active: false }, readBack)
    await client.recipientMaps.delete(map.id, readBack)
    const policy = await client.tlsPolicyMaps.add({
      destination: 'partner.example',
      policy: 'secure',
      active: true,
    })
    await client.tlsPolicyMaps.edit(policy.id, { policy: 'dane' }, readBack)
    await client.tlsPolicyMaps.delete(policy.id, readBack)
    const relay = await client.relayHosts.add({
      host: 'smtp.relay.example:587',
      username: 'u',
      password: 'p',
    })
    await client.domains.edit(domain, { relayHostId: relay.id }, readBack)
    await client.domains.edit(domain, { relayHostId: null }, readBack)
    await client.relayHosts.edit(relay.id, { active: false }, readBack)
    await client.relayHosts.delete(relay.id, readBack)
  })

  test('fail2ban: a plain change leaves the rest as it is', async () => {
    await client.fail2ban.edit({ banTimeIncrement: true, manageExternal: false }, readBack)
    await client.fail2ban.allow('192.0.2.0/24', readBack)
    await client.fail2ban.deny('198.51.100.7', readBack)
    await client.fail2ban.edit({ maxAttempts: 7 }, readBack)
    await expect(client.fail2ban.get()).resolves.toMatchObject({
      banTimeIncrement: true,
      maxAttempts: 7,
      allowList: ['192.0.2.0/24'],
      denyList: ['198.51.100.7'],
    })
    await client.fail2ban.unban('198.51.100.7')
  })

  test('settings', async () => {
    const oauth2 = await client.oauth2Clients.add({ redirectUri: 'https://x.example/cb' })
    const before = await client.oauth2Clients.secret(oauth2.id)
    await client.oauth2Clients.edit(oauth2.id, 'renew-secret')
    expect(await client.oauth2Clients.secret(oauth2.id)).not.toBe(before)
    await client.oauth2Clients.delete(oauth2.id, readBack)
    await client.passwordPolicy.set(
      {
        minLength: 12,
        requireLetters: true,
        requireSpecialCharacters: false,
        requireMixedCase: true,
        requireDigits: true,
      },
      readBack,
    )
    await expect(client.passwordPolicy.describe()).resolves.toContain('12')
    await client.sieve.setGlobalFilter('prefilter', 'keep;', readBack)
    await client.serverSettings.setCors({ origins: ['https://x.example'], methods: ['GET'] })
    const policy = {
      domain,
      mode: 'testing',
      mx: ['mail.example.at'],
      maxAgeSeconds: 86_400,
      active: true,
    } as const
    await expect(client.serverSettings.addMtaStsPolicy(policy)).resolves.toBe('unconfirmed')
    await expect(client.serverSettings.addMtaStsPolicy(policy)).rejects.toMatchObject({ code: 'rejected' })
    await client.mailQueue.flush()
    await expect(client.status.containers()).resolves.not.toEqual([])
  })
})
