import { stringify } from 'csv-stringify/sync'
import { readDay } from './birthday.ts'
import { all, first, splitValue, typesOf, unescapeText } from './property.ts'
import type { Card, Property } from './property.ts'

/** Thunderbird's own names, which its import and that of Outlook-like programs recognise. */
const csvColumns = [
  'First Name', 'Last Name', 'Display Name', 'Nickname', 'Primary Email', 'Secondary Email', 'Screen Name',
  'Work Phone', 'Home Phone', 'Fax Number', 'Pager Number', 'Mobile Number',
  'Home Address', 'Home Address 2', 'Home City', 'Home State', 'Home ZipCode', 'Home Country',
  'Work Address', 'Work Address 2', 'Work City', 'Work State', 'Work ZipCode', 'Work Country',
  'Job Title', 'Department', 'Organization', 'Web Page 1', 'Web Page 2',
  'Birth Year', 'Birth Month', 'Birth Day', 'Custom 1', 'Custom 2', 'Custom 3', 'Custom 4', 'Notes',
] as const // prettier-ignore

/** The first line of the file, with the mark by which spreadsheets know UTF-8. */
export function csvHead(): string {
  return `\uFEFF${row([...csvColumns])}`
}

/** One contact as one line. What has no column (a third address, groups, more numbers) goes into Custom 1 to 4. */
export function csvRow(card: Card): string {
  const emails = all(card, 'EMAIL').map(textOf)
  const phones = sortPhones(all(card, 'TEL'))
  const urls = all(card, 'URL').map(textOf)
  const [family = '', given = ''] = partsOf(first(card, 'N'))
  const organisation = partsOf(first(card, 'ORG'))
  const addresses = all(card, 'ADR')
  const work = addresses.find((line) => typesOf(line).includes('work'))
  const home = addresses.find((line) => line !== work)
  const born = readDay(textOf(first(card, 'BDAY')))
  const categories = all(card, 'CATEGORIES').flatMap(({ value }) => splitValue(value, ',').map(unescapeText))
  return row([
    given,
    family,
    textOf(first(card, 'FN')),
    textOf(first(card, 'NICKNAME')),
    emails[0] ?? '',
    emails[1] ?? '',
    textOf(first(card, 'X-JABBER') ?? first(card, 'X-SKYPE-USERNAME') ?? first(card, 'IMPP')),
    phones.work,
    phones.home,
    phones.fax,
    phones.pager,
    phones.cell,
    ...address(home),
    ...address(work),
    textOf(first(card, 'TITLE')),
    organisation[1] ?? textOf(first(card, 'X-DEPARTMENT')),
    organisation[0] ?? '',
    urls[0] ?? '',
    urls[1] ?? '',
    String(born?.year ?? ''),
    String(born?.month ?? ''),
    String(born?.day ?? ''),
    categories.join('; '),
    emails.slice(2).join('; '),
    phones.others.join('; '),
    urls.slice(2).join('; '),
    all(card, 'NOTE').map(textOf).join('\n'),
  ])
}

function sortPhones(lines: readonly Property[]) {
  const slots = { work: '', home: '', fax: '', pager: '', cell: '' }
  const others: string[] = []
  for (const line of lines) {
    const types = typesOf(line)
    const slot = (['fax', 'pager', 'cell', 'home', 'work'] as const).find((name) => types.includes(name))
    if (slot !== undefined && slots[slot] === '') slots[slot] = textOf(line)
    else if (slot === undefined && slots.work === '' && types.length === 0) slots.work = textOf(line)
    else others.push(textOf(line))
  }
  return { ...slots, others }
}

/** Street and what else, city, state, code, country. */
function address(line: Property | undefined): string[] {
  const [box = '', extended = '', street = '', city = '', state = '', code = '', country = ''] = partsOf(line)
  const more = [extended, box].filter((part) => part !== '').join(', ')
  return [street, more, city, state, code, country]
}

function textOf(line: Property | undefined): string {
  return unescapeText(line?.value ?? '').trim()
}

function partsOf(line: Property | undefined): string[] {
  return line === undefined ? [] : splitValue(line.value, ';').map((part) => unescapeText(part).trim())
}

function row(cells: readonly string[]): string {
  return stringify([cells.map(harmless)], { record_delimiter: '\r\n' })
}

/** Spreadsheets run a cell that begins like this as a formula (CWE-1236). A telephone number computes nothing. */
function harmless(cell: string): string {
  if (/^\+[\d ()/.]+$/.test(cell)) return cell
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
}
