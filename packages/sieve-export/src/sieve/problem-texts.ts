import type { SieveProblem, SieveProblemCode } from './check/problem.ts'
import type { SieveSyntaxError } from './syntax/errors.ts'

export type Language = 'de' | 'en'

const german: Readonly<Record<SieveProblemCode, string>> = {
  syntax: 'das ist kein gültiges Sieve',
  nul: 'das Skript enthält ein NUL-Byte',
  byteOrderMark: 'das Skript beginnt mit einer Byte-Reihenfolge-Marke (BOM)',
  encoding: 'hier stehen Zeichen, die nur in Texten und Kommentaren erlaubt sind',
  unterminated: 'das Skript endet mitten in einem Text, Kommentar oder Block',
  tooLarge: 'das Skript ist zu groß',
  tooDeep: 'es ist zu tief verschachtelt',
  tooMany: 'das Skript hat zu viele Teile',
  unknownExtension: 'der Server hat diese Erweiterung nicht',
  restrictedExtension: 'der Server behält diese Erweiterung eigenen Skripten vor',
  conflictingExtensions: 'diese Erweiterungen schließen einander aus',
  missingExtension: 'es fehlt eine Erweiterung, die dafür nötig ist',
  unknownCommand: 'der Befehl ist unbekannt, oder seine Erweiterung fehlt in „require“',
  unknownTest: 'die Bedingung ist unbekannt, oder ihre Erweiterung fehlt in „require“',
  unknownTag: 'der Zusatz ist unbekannt, oder seine Erweiterung fehlt in „require“',
  misplaced: 'das darf hier nicht stehen',
  arguments: 'die Angaben sind zu wenige, zu viele oder von der falschen Art',
  repeatedTag: 'ein Zusatz steht zweimal, oder zwei schließen einander aus',
  tests: 'Bedingungen fehlen oder sind zu viele',
  block: 'ein Block in geschweiften Klammern fehlt oder ist zu viel',
  address: 'das ist keine E-Mail-Adresse',
  folder: 'das kann kein Ordnername sein',
  header: 'das ist kein passender Kopfzeilenname',
  regex: 'der reguläre Ausdruck ist ungültig',
  variable: 'das kann keine Variable sein',
  value: 'dieser Wert ist nicht erlaubt',
  include: 'das Skript, das eingebunden werden soll, gibt es dort nicht',
}

const germanParts: Readonly<Record<string, string>> = {
  command: 'ein Befehl',
  test: 'eine Bedingung',
  string: 'ein Text',
  'a string': 'ein Text',
  'a number': 'eine Zahl',
  'the end of the script': 'das Ende des Skripts',
  'end of line': 'das Zeilenende',
}

/** A problem in one sentence without full stop, for people; the German one is less exact than the English one. */
export function problemText(problem: Pick<SieveProblem, 'code' | 'message'>, language: Language): string {
  return language === 'en' ? problem.message : german[problem.code]
}

/** Why something is no Sieve, in one sentence without full stop. */
export function syntaxErrorText(error: SieveSyntaxError, language: Language): string {
  if (language === 'en') return error.reason
  const { code, expected, found } = error
  if (expected.length === 0 || found === undefined) return german[code]
  return `${german[code]}: ${expected.map(germanPart).join(' oder ')} erwartet, ${germanPart(found)} gefunden`
}

function germanPart(text: string): string {
  return germanParts[text] ?? `„${text.replaceAll('"', '')}“`
}
