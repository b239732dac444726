import { DatabaseSync } from 'node:sqlite'

interface DemoContact {
  readonly name: string
  readonly email: string
  readonly phone?: string
  readonly groups?: readonly string[]
}

/** What the demo's people keep in Roundcube. */
const books: Readonly<Record<string, readonly DemoContact[]>> = {
  'anna@example.at': [
    {
      name: 'Franz Huber',
      email: 'franz@huber-soehne.example',
      phone: '+43 1 234567',
      groups: ['Lieferanten'],
    },
    { name: 'Österreichische Post', email: 'kunden@post.example', groups: ['Lieferanten'] },
    { name: 'Jürgen Groß', email: 'juergen@example.at' },
    { name: 'Mag. Eva Süß', email: 'kanzlei@suess.example', phone: '+43 664 1234567' },
  ],
  'chef@example.at': [{ name: 'Bürgermeister', email: 'gemeinde@ort.example' }],
}
/** Whom Roundcube remembered by itself. */
const collected: Readonly<Record<string, readonly string[]>> = {
  'anna@example.at': ['bestellung@huber-soehne.example', 'buero@partner.example'],
}

/** The tables of Roundcube 1.6 that address books are read from. */
const schema = `
create table users (user_id integer primary key, username text not null, mail_host text not null, language text, preferences text);
create table identities (identity_id integer primary key, user_id integer not null, changed text, del integer not null default 0, standard integer not null default 0, name text not null, organization text, email text not null, "reply-to" text not null default '', bcc text not null default '', signature text, html_signature integer not null default 0);
create table contacts (contact_id integer primary key, user_id integer not null, changed text, del integer not null default 0, name text not null, email text not null, firstname text, surname text, vcard text, words text);
create table contactgroups (contactgroup_id integer primary key, user_id integer not null, changed text, del integer not null default 0, name text not null);
create table contactgroupmembers (contactgroup_id integer not null, contact_id integer not null, created text);
create table collected_addresses (address_id integer primary key, user_id integer not null, changed text, name text, email text not null, type integer not null);
create table responses (response_id integer primary key, user_id integer not null, name text not null, data text not null, is_html integer not null default 0, del integer not null default 0, changed text);
`

/** Makes the database of the demo's Roundcube. */
export function makeDemoAddressBooks(file: string): void {
  const db = new DatabaseSync(file)
  try {
    db.exec(schema)
    for (const [index, [address, contacts]] of Object.entries(books).entries()) {
      const user = index + 1
      insert(db, 'users', { user_id: user, username: address, mail_host: 'localhost', language: 'de_DE' })
      const signature = 'Mit freundlichen Grüßen\nBeispiel GmbH'
      insert(db, 'identities', {
        user_id: user,
        standard: 1,
        name: 'Beispiel GmbH',
        email: address,
        signature,
      })
      const groups = new Map<string, number>()
      for (const { name, email, phone, groups: names = [] } of contacts) {
        const vcard = [
          'BEGIN:VCARD',
          'VERSION:3.0',
          `N:${name};;;;`,
          `FN:${name}`,
          `EMAIL;TYPE=work:${email}`,
        ]
        if (phone !== undefined) vcard.push(`TEL;TYPE=cell:${phone}`)
        const text = [...vcard, 'END:VCARD', ''].join('\r\n')
        const contact = insert(db, 'contacts', { user_id: user, name, email, vcard: text })
        for (const group of names) {
          const id = groups.get(group) ?? insert(db, 'contactgroups', { user_id: user, name: group })
          groups.set(group, id)
          insert(db, 'contactgroupmembers', { contactgroup_id: id, contact_id: contact })
        }
      }
      for (const email of collected[address] ?? [])
        insert(db, 'collected_addresses', { user_id: user, name: '', email, type: 1 })
    }
  } finally {
    db.close()
  }
}

function insert(db: DatabaseSync, table: string, row: Readonly<Record<string, string | number>>): number {
  const names = Object.keys(row)
  const statement = `insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`
  return Number(db.prepare(statement).run(...Object.values(row)).lastInsertRowid)
}
