import { awkwardMessages } from './awkward.ts'
import type { Person } from './compose.ts'
import { bulkMessage, conversation } from './conversation.ts'
import type { Period } from './conversation.ts'
import { staff } from './people.ts'
import { Random } from './random.ts'
import type { SampleMessage } from './sample-message.ts'

/** The mail of one demo mailbox, by folder (without prefix, `.` between levels). */
export interface DemoMail {
  readonly address: string
  readonly folders: ReadonlyMap<string, readonly SampleMessage[]>
  readonly subscriptions: readonly string[]
  /** Sieve scripts by name; the first is the active one. */
  readonly scripts?: ReadonlyMap<string, string>
}

type Folders = Map<string, SampleMessage[]>

const year = (number: number): Period => ({
  from: new Date(Date.UTC(number, 0, 2)),
  until: new Date(Date.UTC(number, 11, 20)),
})
const years = (first: number, last: number): Period => ({ from: year(first).from, until: year(last).until })

/** Several hundred messages of twelve years, always the same ones. */
export async function demoMail(seed = 2014): Promise<DemoMail[]> {
  const random = new Random(seed)
  return [
    await annasMail(random),
    await chefsMail(random),
    await juergensMail(random),
    await accountingMail(random),
    await simple(random, staff.office, 34, years(2018, 2025)),
    await simple(random, staff.verkauf, 16, years(2016, 2019)),
    await simple(random, staff.lager, 30, years(2020, 2025)),
    await simple(random, staff.alt, 22, years(2014, 2017)),
    { address: 'praktikum@example.at', folders: new Map(), subscriptions: [] },
    await simple(random, staff.obmann, 24, years(2015, 2025)),
    await simple(random, staff.kassa, 12, years(2015, 2025)),
  ]
}

async function annasMail(random: Random): Promise<DemoMail> {
  const owner = staff.anna
  const folders: Folders = new Map()
  await converse(random, owner, folders, { received: 'INBOX', own: 'Sent' }, 70, years(2022, 2025))
  await converse(random, owner, folders, { received: 'Kunden', own: 'Sent' }, 12, years(2019, 2025))
  await converse(random, owner, folders, { received: 'Kunden.Huber', own: 'Sent' }, 16, years(2017, 2025))
  await converse(
    random,
    owner,
    folders,
    { received: 'Lieferanten', own: 'Lieferanten' },
    10,
    years(2019, 2025),
  )
  await converse(random, owner, folders, { received: 'Trash', own: 'Trash' }, 6, year(2025))
  const drafts = await conversation(random, owner, year(2025))
  folders.set(
    'Drafts',
    drafts.slice(0, 2).map((message) => ({ ...message, flags: ['\\Draft', '\\Seen'] })),
  )
  folders.set('Junk', await bulk(random, owner, 'spam', 9, year(2025)))
  folders.set('Newsletter', await bulk(random, owner, 'newsletter', 12, years(2023, 2025)))
  const script = `require ["fileinto"];\n# rule:[Newsletter]\nif header :contains "list-unsubscribe" "newsletter"\n{\n\tfileinto "INBOX.Newsletter";\n}\n`
  return done(
    owner,
    folders,
    [...folders.keys()].filter((name) => name !== 'Lieferanten'),
    new Map([['roundcube', script]]),
  )
}

async function chefsMail(random: Random): Promise<DemoMail> {
  const owner = staff.chef
  const folders: Folders = new Map()
  await converse(random, owner, folders, { received: 'INBOX', own: 'Sent' }, 24, year(2025))
  for (let archived = 2014; archived <= 2025; archived += 1) {
    const folder = `Archiv.${archived}`
    await converse(random, owner, folders, { received: folder, own: folder }, 11, year(archived))
  }
  await converse(
    random,
    owner,
    folders,
    { received: 'Projekte.Zubau 2018', own: 'Projekte.Zubau 2018' },
    9,
    year(2018),
  )
  // What Outlook made beside the `Sent` of everybody else.
  await converse(
    random,
    owner,
    folders,
    { received: 'Projekte', own: 'Gesendete Objekte' },
    8,
    years(2014, 2016),
  )
  return done(owner, folders, [...folders.keys()])
}

async function juergensMail(random: Random): Promise<DemoMail> {
  const owner = staff.juergen
  const folders: Folders = new Map()
  await converse(random, owner, folders, { received: 'INBOX', own: 'Sent' }, 20, years(2023, 2025))
  for (const name of ['Verträge.Österreich', 'Größe & Maße', 'Entwürfe (alt)', '日本', 'Ärger 😀'])
    await converse(random, owner, folders, { received: name, own: name }, 6, years(2015, 2024))
  folders.set('Merkwürdiges', awkwardMessages())
  folders.set('Leer', [])
  return done(owner, folders, ['Sent', 'Verträge.Österreich', 'Größe & Maße', 'Merkwürdiges', '日本'])
}

/** Invoices with scans: more than the default quota holds. */
async function accountingMail(random: Random): Promise<DemoMail> {
  const owner = staff.buchhaltung
  const folders: Folders = new Map()
  await converse(random, owner, folders, { received: 'INBOX', own: 'Sent' }, 20, years(2024, 2025), 330_000)
  for (const fiscal of [2021, 2022, 2023, 2024])
    await converse(
      random,
      owner,
      folders,
      { received: `Rechnungen.${fiscal}`, own: `Rechnungen.${fiscal}` },
      14,
      year(fiscal),
      360_000,
    )
  return done(owner, folders, [...folders.keys()])
}

async function simple(random: Random, owner: Person, count: number, period: Period): Promise<DemoMail> {
  const folders: Folders = new Map()
  await converse(random, owner, folders, { received: 'INBOX', own: 'Sent' }, count, period)
  return done(owner, folders, ['Sent'])
}

/** Fills two folders with conversations until there are `count` messages more. */
async function converse(
  random: Random,
  owner: Person,
  folders: Folders,
  into: { readonly received: string; readonly own: string },
  count: number,
  period: Period,
  attachmentBytes?: number,
): Promise<void> {
  for (let made = 0; made < count;) {
    const messages = (await conversation(random, owner, period, attachmentBytes)).slice(0, count - made)
    made += messages.length
    for (const { from, ...message } of messages)
      contentOf(folders, from.address === owner.address ? into.own : into.received).push(message)
  }
}

async function bulk(
  random: Random,
  owner: Person,
  kind: 'newsletter' | 'spam',
  count: number,
  period: Period,
): Promise<SampleMessage[]> {
  const messages: SampleMessage[] = []
  while (messages.length < count) messages.push(await bulkMessage(random, owner, period, kind))
  return messages
}

function contentOf(folders: Folders, name: string): SampleMessage[] {
  const known = folders.get(name) ?? []
  folders.set(name, known)
  return known
}

/** In every folder the oldest message comes first, as it arrived. */
function done(
  owner: Person,
  folders: Folders,
  subscriptions: readonly string[],
  scripts?: ReadonlyMap<string, string>,
): DemoMail {
  for (const [name, messages] of folders)
    folders.set(
      name,
      messages.toSorted((one, other) => one.receivedAt.getTime() - other.receivedAt.getTime()),
    )
  return { address: owner.address, folders, subscriptions, ...(scripts === undefined ? {} : { scripts }) }
}
