// Exports a database's contacts and imports them twice, in a process of its own whose heap its parent limits.
import process from 'node:process'
import { importAddressBooks, memoryImportState, openRoundcube } from '../src/index.ts'
import { readAddressBooks, writeAddressBooks } from '../src/index.ts'

const [file = '', directory = '', home = ''] = process.argv.slice(2)
let highest = 0
const watch = setInterval(() => {
  highest = Math.max(highest, process.memoryUsage().rss)
}, 20)

await using db = await openRoundcube(`sqlite:${file}`)
const books = await readAddressBooks(db, 'anna@example.org')
const { books: exported } = await writeAddressBooks(books, directory)
const server = { home, user: 'anna', password: 'x' }
const state = memoryImportState()
const [first] = (await importAddressBooks(books, { server, state })).books
const [second] = (await importAddressBooks(books, { server, state })).books
clearInterval(watch)
const fates = [first?.fates, second?.fates]
process.stdout.write(JSON.stringify({ contacts: exported[0]?.contacts, fates, highest }))
