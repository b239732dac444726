import { expect, test } from 'vitest'
import { decodeBytes } from './decode-bytes.ts'
import { normaliseCard } from './normalise.ts'
import { parseCards } from './parse.ts'
import { writeCard } from './write.ts'

/** The lines that a stored card becomes, without the frame. */
function lines(stored: string): string[] {
  const [card] = [...parseCards(`BEGIN:VCARD\r\n${stored}\r\nEND:VCARD`)]
  if (card === undefined) throw new Error('no card')
  const normalised = normaliseCard(card, { uid: 'u-1' })
  return normalised === undefined
    ? []
    : writeCard(normalised.card)
        .replaceAll('\r\n ', '')
        .split('\r\n')
        .slice(3, -2)
        .filter((line) => !line.startsWith('N:;;;;'))
}

test('vCard 2.1: quoted-printable over several lines, character sets, bare types', () => {
  expect(
    lines(
      'VERSION:2.1\r\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Gr=FC=DFner;B=E4rbel\r\nTEL;CELL;VOICE:+49 1\r\nNOTE;ENCODING=QUOTED-PRINTABLE:Zeile=0D=0A=\r\nzwei mit =C3=BC',
    ),
  ).toEqual([
    'N:Grüßner;Bärbel;;;',
    'FN:Bärbel Grüßner',
    'TEL;TYPE=cell,voice:+49 1',
    'NOTE:Zeile\\nzwei mit ü',
  ])
})

test('vCard 4.0: kinds, members, genders, data URIs, preferences', () => {
  expect(
    lines(
      'VERSION:4.0\nKIND:group\nFN:Vorstand\nMEMBER:mailto:a@example.org\nGENDER:F\nEMAIL;PREF=1;TYPE=work:b@example.org\nPHOTO:data:image/png;base64,iVBORw0KGgo=',
    ),
  ).toEqual([
    'FN:Vorstand',
    'X-ADDRESSBOOKSERVER-KIND:group',
    'X-ADDRESSBOOKSERVER-MEMBER:mailto:a@example.org',
    'X-GENDER:female',
    'EMAIL;TYPE=work,pref:b@example.org',
    'PHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgo=',
  ])
})

test.each([
  ['1970-03-07', 'BDAY;VALUE=date:1970-03-07'],
  ['19700307', 'BDAY;VALUE=date:1970-03-07'],
  ['1970-03-07T00:00:00Z', 'BDAY;VALUE=date:1970-03-07'],
  ['7.3.1970', 'BDAY;VALUE=date:1970-03-07'],
  ['--0229', 'BDAY;X-APPLE-OMIT-YEAR=1604;VALUE=date:1604-02-29'],
  ['1604-02-29', 'BDAY;X-APPLE-OMIT-YEAR=1604;VALUE=date:1604-02-29'],
  ['1971-02-29', 'X-BIRTHDAY-TEXT:1971-02-29'],
  ['im Mai', 'X-BIRTHDAY-TEXT:im Mai'],
])('the birthday %s', (stored, written) => {
  expect(lines(`FN:A\nBDAY;VALUE=date:${stored}`)).toEqual(['FN:A', written])
})

test('a name is found for whoever has none', () => {
  const names = [
    'N:Müller;Anna;;Dr.;',
    'ORG:Firma;Abteilung',
    'EMAIL:x@example.org',
    'TEL:+43 1',
    'NOTE:nur das',
  ]
  expect(names.map((line) => lines(line).find((written) => written.startsWith('FN:')))).toEqual([
    'FN:Dr. Anna Müller',
    'FN:Firma\\, Abteilung',
    'FN:x@example.org',
    'FN:+43 1',
    'FN:nur das',
  ])
  expect(lines('N:;;;;\nFN:')).toEqual([])
})

test('a damaged picture is left out, with its reason, and the rest stays', () => {
  const [card] = [...parseCards('BEGIN:VCARD\nFN:A\nPHOTO;ENCODING=b:iVBOR%%%\nkein Doppelpunkt\nEND:VCARD')]
  if (card === undefined) throw new Error('no card')
  const normalised = normaliseCard(card, { uid: 'u' })
  expect(normalised?.lossy).toBe(true)
  expect(normalised?.repairs).toEqual([
    'line 4 is not "NAME:value"',
    'PHOTO is damaged (no valid base64) and was left out',
  ])
})

test('bytes that are not UTF-8 are windows-1252, those that are stay', () => {
  const bytes = Buffer.concat([Buffer.from('Gr\xfc\xdfe \x80 ', 'latin1'), Buffer.from('ü 😀 日本')])
  expect(decodeBytes(bytes)).toEqual({ text: 'Grüße € ü 😀 日本', repaired: true })
})
