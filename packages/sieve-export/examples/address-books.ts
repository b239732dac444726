import {
  importAddressBooks,
  memoryImportState,
  openRoundcube,
  readAddressBooks,
  writeAddressBooks,
} from '../src/index.ts'

await using db = await openRoundcube('mysql://roundcube:secret@localhost/roundcube')
const books = await readAddressBooks(db, 'anna@example.at')
const written = await writeAddressBooks(books, './exports/anna@example.at', { language: 'de' })
for (const { kind, contacts, setAside } of written.books)
  process.stdout.write(`${kind}: ${contacts}, ${setAside.length} not\n`)

const home = 'https://mailcow.example/SOGo/dav/anna@example.at/Contacts/'
const server = { home, user: 'anna@example.at', password: 'an app password with DAV access' }
await importAddressBooks(books, { server, state: memoryImportState(), language: 'de' })
