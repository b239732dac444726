import { parseAddress } from '@iteg/old-server'
import { z } from 'zod'
import {
  certificateAuthority,
  databaseUrl,
  deliver,
  duration,
  type FieldContext,
  fileReference,
  host,
  imapUsual,
  master,
  path,
  port,
  privateKey,
  secret,
  server,
  sieveUsual,
  size,
  smtp,
  submission,
  text,
  tlsOptions,
} from './fields.ts'
import { parseHomePattern, parsePathPattern } from './home-pattern.ts'
import {
  parseBaseUrl,
  parseCardDavUrl,
  parseIp,
  parseLink,
  parseNextHop,
  parseResolver,
  parseRunTarget,
} from './hosts.ts'
import { parseHours } from './hours.ts'

const mebibyte = 1024 * 1024
const count = (maximum: number, description: string) => z.int().min(1).max(maximum).meta({ description })
const days = (description: string) => z.int().min(0).max(36_500).meta({ description })
const run = (description: string) => text(parseRunTarget, `${description}: local or ssh://root@host`)
const remotePath = (description: string) =>
  z
    .string()
    .min(1)
    .meta({ description: `${description}, a path on the old server` })
const commandFolder = z
  .string()
  .regex(/^\//u)
  .meta({ description: 'a folder, where run is, whose commands come before those of PATH; absolute' })
const nextHop = text(
  parseNextHop,
  'where the old Postfix hands mail on: "[mailcow.example]:25"; by default the new server',
).exactOptional()

function oldSection(context: FieldContext) {
  return z
    .strictObject({
      imap: server(context, 'IMAP of the old server', imapUsual),
      master: master(context, 'a user who may read every mailbox of the old server'),
      sieve: server(
        context,
        'ManageSieve of the old server; by default on the host of imap',
        sieveUsual,
      ).exactOptional(),
      sieveFiles: z
        .strictObject({
          home: text(parseHomePattern, "a user's home, as Dovecot writes it: /var/vmail/%d/%n"),
          directory: text(parsePathPattern, 'where his scripts lie, below home or absolute').prefault(
            'sieve',
          ),
          active: text(
            parsePathPattern,
            'the link to his active script, or that script; below home or absolute',
          ).prefault('.dovecot.sieve'),
          global: z
            .array(path(context, "a folder of the server's own scripts"))
            .prefault([])
            .meta({ description: "folders of the server's own scripts, which users' scripts may include" }),
        })
        .meta({
          description: 'read Sieve scripts from files of this machine, instead of asking ManageSieve',
        })
        .exactOptional(),
      inventory: z
        .array(
          z.discriminatedUnion('kind', [
            z.strictObject({
              kind: z.literal('postfixadmin'),
              url: databaseUrl(context, 'database of PostfixAdmin'),
            }),
            z.strictObject({ kind: z.literal('postfix'), directory: remotePath('folder of main.cf') }),
            z.strictObject({
              kind: z.literal('file'),
              path: path(context, 'a YAML or CSV file'),
              format: z
                .enum(['yaml', 'csv'])
                .meta({ description: 'when the name does not say it' })
                .exactOptional(),
            }),
          ]),
        )
        .min(1)
        .meta({ description: 'what the old server holds; where several differ the first one holds' }),
      addressBooks: z
        .strictObject({ kind: z.literal('roundcube'), url: databaseUrl(context, 'database of Roundcube') })
        .meta({ description: 'where address books are read' })
        .exactOptional(),
      spamAssassin: z
        .strictObject({
          url: databaseUrl(context, "database with SpamAssassin's table userpref").exactOptional(),
          userPrefs: text(
            parseHomePattern,
            "a user's preferences on the old server: /var/vmail/%d/%n/.spamassassin/user_prefs",
          ).exactOptional(),
        })
        .meta({ description: 'whose spam thresholds and lists are taken over' })
        .exactOptional(),
      relay: z
        .discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('postfix'), directory: remotePath('folder of main.cf'), nextHop }),
          z.strictObject({
            kind: z.literal('postfixadmin'),
            url: databaseUrl(context, 'database of PostfixAdmin'),
            directory: remotePath('folder of main.cf').prefault('/etc/postfix'),
            nextHop,
          }),
          z.strictObject({ kind: z.literal('manual'), nextHop }),
        ])
        .meta({ description: 'how the old server is told to hand mail on after the cut-over' })
        .exactOptional(),
      loginLog: remotePath('log of logins, for finding out who uses POP3').exactOptional(),
      smtp: smtp(
        context,
        "where mailcow hands the domain's mail until cut-over; by default the host of imap",
      ).exactOptional(),
      outgoingAddresses: z
        .array(text(parseIp, 'an IP address'))
        .prefault([])
        .meta({ description: 'IP addresses the old server sends from; by default those of smtp.host' }),
      run: run('where files of the old server are read and its commands run').prefault('local'),
      commands: commandFolder.exactOptional(),
    })
    .meta({ description: 'the old server' })
}

function newSection(context: FieldContext) {
  return z
    .strictObject({
      mailcow: z
        .strictObject({
          url: text(parseBaseUrl, 'https://mailcow.example'),
          apiKey: secret(context, 'an API key that may write'),
          timeout: duration('how long one answer may take').prefault('60s'),
          allowInsecure: z
            .boolean()
            .meta({ description: 'true: the API key may cross the network in the clear' })
            .exactOptional(),
          tlsOptions: tlsOptions(context).exactOptional(),
        })
        .meta({ description: 'the API of mailcow' }),
      access: z.enum(['master', 'appPassword']).prefault('master').meta({
        description: 'how new mailboxes are opened: as master user, or with an app password made for each',
      }),
      master: master(context, "mailcow's Dovecot master user, with @mailcow.local").exactOptional(),
      imap: server(context, 'IMAP of mailcow; by default on the host of its URL', imapUsual).exactOptional(),
      sieve: server(
        context,
        'ManageSieve of mailcow; by default on the host of imap',
        sieveUsual,
      ).exactOptional(),
      cardDav: z
        .strictObject({
          url: text(
            parseCardDavUrl,
            "where a user's address books lie, %u being his address: https://mailcow.example/SOGo/dav/%u/Contacts/",
          ).exactOptional(),
          allowInsecure: z
            .boolean()
            .meta({ description: 'true: app passwords may cross the network in the clear' })
            .exactOptional(),
          tlsOptions: z
            .strictObject({ ca: certificateAuthority(context).exactOptional() })
            .meta({ description: 'for a server whose certificate this machine does not trust by itself' })
            .exactOptional(),
        })
        .meta({ description: "SOGo's address books, for importContacts; by default below mailcow's URL" })
        .exactOptional(),
      smtp: smtp(
        context,
        'where addresses are probed on mailcow; by default the host of imap',
      ).exactOptional(),
      mx: z
        .array(
          z.strictObject({
            host: host('name of a mail exchanger'),
            priority: z
              .int()
              .min(0)
              .max(65_535)
              .prefault(10)
              .meta({ description: 'the lowest is asked first' }),
          }),
        )
        .min(1)
        .meta({ description: "the domain's MX records after the move; by default the host of mailcow's URL" })
        .exactOptional(),
      run: run('for restarts of containers; without it the commands are printed').exactOptional(),
      commands: commandFolder.exactOptional(),
    })
    .meta({ description: 'mailcow' })
}

/** Who is asked, whoever writes. */
function asked() {
  return {
    resolvers: z
      .array(text(parseResolver, 'address of a resolver, with :PORT when it is not 53'))
      .min(1)
      .meta({ description: "resolvers that must see the new records; by default the system's" })
      .exactOptional(),
    authoritativePort: port(53).meta({ description: 'port of the name servers: 53 but in a test bed' }),
  }
}

function dnsSection(context: FieldContext) {
  return z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('manual'), ...asked() }),
      z.strictObject({
        kind: z.literal('rfc2136'),
        ...asked(),
        server: host('the primary name server'),
        port: port(53),
        key: z.strictObject({
          name: z.string().min(1).meta({ description: 'name of the TSIG key' }),
          algorithm: z
            .enum(['hmac-sha256', 'hmac-sha224', 'hmac-sha384', 'hmac-sha512'])
            .prefault('hmac-sha256')
            .meta({ description: 'algorithm of the TSIG key' }),
          secret: secret(context, 'the key, in base64'),
        }),
      }),
    ])
    .prefault({ kind: 'manual' })
    .meta({ description: 'how DNS records are changed: by TSIG-signed updates, or by hand' })
}

const link = (description: string) => text(parseLink, description).exactOptional()

function notifySection(context: FieldContext) {
  return z
    .strictObject({
      from: z
        .string()
        .regex(/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/u)
        .meta({ description: 'sender of the notices: "ITEG <admin@iteg.example>"' }),
      smtp: submission(
        context,
        'where notices are sent that do not go into a mailbox directly',
      ).exactOptional(),
      templates: path(context, 'folder with own texts').exactOptional(),
      links: z
        .strictObject({
          info: link('page about the move'),
          webmailOld: link('old webmail'),
          webmailNew: link('new webmail'),
          roundcubeNew: link('Roundcube on the new server'),
          userPage: link('where users change their password'),
          support: link('whom to ask; mailto: or a page'),
        })
        .prefault({}),
      newHost: host(
        'the new server, as users write it into their mail programs; by default the host of new.mailcow.url',
      ).exactOptional(),
      oldHost: host('the old one likewise; by default the host of old.imap').exactOptional(),
      oldMailboxDays: days(
        'days after the hand-over that the old mailbox can still be read; 0: nothing is said of it',
      ).prefault(30),
      warnDaysAhead: days('days between the warning and the cut-over').prefault(5),
      reminders: z
        .array(days('days after the hand-over'))
        .prefault([3, 7, 14])
        .transform((list) => [...new Set(list)].toSorted((a, b) => a - b))
        .meta({ description: 'when to remind those who have not set a password of their own' }),
    })
    .meta({ description: 'mail to users and contacts' })
    .exactOptional()
}

const language = z
  .string()
  .regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]+)*$/u)
  .meta({ description: 'of the notices: de, en' })
const address = text((value) => parseAddress(value), 'a mail address')

const exclude = z
  .strictObject({
    folders: z
      .array(z.string().min(1).max(1000))
      .prefault([])
      .meta({ description: 'names as the old server lists them; * stands for any characters' }),
  })
  .meta({ description: 'what is not copied: its messages count as excluded' })
  .exactOptional()

function domainSection(context: FieldContext) {
  const mailbox = z.strictObject({
    quota: size('instead of the quota on the old server', mebibyte).exactOptional(),
    language: language.exactOptional(),
    skip: z.boolean().prefault(false).meta({ description: 'true: neither created nor copied' }),
    exclude,
    importContacts: z
      .boolean()
      .meta({ description: "instead of the domain's importContacts" })
      .exactOptional(),
  })
  return z.strictObject({
    language: language.prefault('de'),
    warn: z
      .enum(['mailboxes', 'contacts'])
      .prefault('mailboxes')
      .meta({ description: 'who gets the warning before the move' }),
    contacts: z.array(address).prefault([]).meta({ description: 'whom to write to about this domain' }),
    moveDate: z
      .string()
      .regex(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/u)
      .meta({ description: 'day of the move, for the notices: 2026-11-30' })
      .exactOptional(),
    publish: z
      .boolean()
      .prefault(false)
      .meta({ description: 'true: the information page names this domain and its dates' }),
    dns: z
      .enum(['ours', 'theirs'])
      .prefault('ours')
      .meta({ description: 'who changes the DNS records of this domain' }),
    filters: z
      .enum(['export', 'install'])
      .prefault('export')
      .meta({ description: 'install: Sieve scripts are put on mailcow as well' }),
    activateFilters: z.boolean().prefault(true).meta({
      description:
        'with filters: install, true: the script becomes the active one, unless another one is active there',
    }),
    importContacts: z
      .boolean()
      .prefault(false)
      .meta({ description: 'true: address books are put into SOGo as well' }),
    sharedPassword: secret(
      context,
      'one initial password for all mailboxes; without it each gets its own',
    ).exactOptional(),
    dkim: z
      .strictObject({
        selector: z
          .string()
          .regex(/^[a-z0-9](?:[a-z0-9_.-]{0,61}[a-z0-9])?$/iu)
          .meta({ description: 'the name before ._domainkey in the DNS' }),
        privateKey: privateKey(context, 'the key that signs'),
      })
      .meta({
        description:
          "the old server's DKIM key, so that its record in the DNS stays true; without it mailcow's own",
      })
      .exactOptional(),
    exclude,
    mailboxes: z
      .record(z.string(), mailbox)
      .prefault({})
      .meta({ description: 'settings of single mailboxes, by address' }),
  })
}

/** The shape of `mailmove.yaml`. What it says by itself is checked here; how its parts fit together by the rules. */
export function configSchema(context: FieldContext) {
  return z.strictObject({
    workDir: path(context, 'ledger, locks, exports').prefault('./mailmove-data'),
    secrets: z
      .strictObject({
        key: fileReference(context, 'the key that seals passwords').prefault('file:./mailmove.key'),
      })
      .prefault({}),
    old: oldSection(context),
    new: newSection(context),
    dns: dnsSection(context),
    notify: notifySection(context),
    copy: z
      .strictObject({
        mailboxesAtOnce: count(64, 'mailboxes copied at the same time').prefault(4),
        lanesPerMailbox: count(16, 'connections to each side for one mailbox').prefault(4),
        maxBytesPerSecond: size('limit for all of it; 0: none', 0).prefault(0),
        oldConnections: count(1000, 'connections to the old server at the same time').prefault(20),
        newConnections: count(1000, 'connections to mailcow at the same time').prefault(40),
        connectionsPerUser: count(
          100,
          'connections to one server for one mailbox; many servers allow 10 per user and address',
        ).prefault(8),
        compress: z.enum(['auto', 'always', 'never']).prefault('auto').meta({
          description:
            'COMPRESS=DEFLATE where a server offers it; auto: when the link to that server turns out to be slow',
        }),
      })
      .prefault({}),
    quotas: z
      .strictObject({
        default: size('for mailboxes without a quota on the old server', mebibyte).prefault('5GiB'),
        headroomPercent: z
          .int()
          .min(0)
          .max(1000)
          .prefault(20)
          .meta({ description: 'added to every quota of the old server' }),
      })
      .prefault({}),
    passwords: z
      .strictObject({
        minLength: z.int().min(8).max(128).prefault(12).meta({ description: 'shortest initial password' }),
      })
      .prefault({}),
    hours: z
      .union([z.string(), z.array(z.string()).min(1)])
      .transform((value, refinement) => [value].flat().map((span) => deliver(parseHours(span), refinement)))
      .meta({
        description: 'when cut-overs and restarts may happen: "20:00-06:00", or a list; without it always',
      })
      .exactOptional(),
    adopt: z
      .strictObject({
        removeNotices: z.boolean().prefault(false).meta({
          description:
            'true: our notices are taken out of the old mailbox once its user has a password of his own',
        }),
        ownAddresses: z.array(z.string().min(1).max(100)).max(50).prefault([]).meta({
          description:
            "addresses and networks of ours, as mailcow sees them: logins from there are not the users'",
        }),
      })
      .prefault({}),
    retire: z.strictObject({ quietDays: days('days without a login or delivery').prefault(30) }).prefault({}),
    retentionDays: days('days after which exports and copies of notices are removed').prefault(90),
    domains: z
      .record(z.string(), domainSection(context))
      .prefault({})
      .meta({ description: 'settings of single domains, by name; others move with the defaults' }),
  })
}

/** What comes out of the schema: checked, but derived defaults are still missing. */
export type ParsedConfig = z.output<ReturnType<typeof configSchema>>
