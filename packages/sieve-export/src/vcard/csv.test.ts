import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { csvHead, csvRow } from './csv.ts'
import { normaliseCard } from './normalise.ts'
import { parseCards } from './parse.ts'

function table(...stored: string[]): Record<string, string>[] {
  const rows = stored.map((lines) => {
    const [card] = [...parseCards(`BEGIN:VCARD\n${lines}\nEND:VCARD`)]
    const normalised = card && normaliseCard(card, { uid: 'u', categories: ['Verein, Süd'] })
    if (normalised === undefined) throw new Error('no card')
    return csvRow(normalised.card)
  })
  return parse(csvHead() + rows.join(''), { columns: true, bom: true })
}

test('the columns that Thunderbird knows', () => {
  const [row] = table(
    'N:Müller;Anna;;;\nFN:Anna "die Ä" Müller\nEMAIL:a@example.org\nEMAIL:b@example.org\nEMAIL:c@example.org\nTEL;TYPE=workfax:+43 1\nTEL;TYPE=cell:+43 2\nTEL;TYPE=home:+43 3\nTEL;TYPE=home2:+43 4\nADR;TYPE=work:;;Straße 1;Wien;W;1010;Österreich\nBDAY:1970-03-07\nORG:Firma\nX-DEPARTMENT:Einkauf\nNOTE:eins\\nzwei',
  )
  expect(row).toMatchObject({
    'First Name': 'Anna',
    'Last Name': 'Müller',
    'Display Name': 'Anna "die Ä" Müller',
    'Primary Email': 'a@example.org',
    'Secondary Email': 'b@example.org',
    'Fax Number': '+43 1',
    'Mobile Number': '+43 2',
    'Home Phone': '+43 3',
    'Work Address': 'Straße 1',
    'Work Country': 'Österreich',
    'Birth Year': '1970',
    'Birth Month': '3',
    'Birth Day': '7',
    Organization: 'Firma',
    Department: 'Einkauf',
    'Custom 1': 'Verein, Süd',
    'Custom 2': 'c@example.org',
    'Custom 3': '+43 4',
    Notes: 'eins\nzwei',
  })
})

test('nothing is a formula, and telephone numbers stay numbers', () => {
  const [row] = table(
    'FN:=HYPERLINK("http://x")\nTEL:+43 (1) 2/3\nTITLE:@SUM(A1)\nNOTE:+1+cmd|calc\nNICKNAME:-2',
  )
  expect(row).toMatchObject({
    'Display Name': '\'=HYPERLINK("http://x")',
    'Work Phone': '+43 (1) 2/3',
    'Job Title': "'@SUM(A1)",
    Notes: "'+1+cmd|calc",
    Nickname: "'-2",
  })
})
