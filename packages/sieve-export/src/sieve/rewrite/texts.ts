import type { SieveProblem } from '../check/problem.ts'
import { problemText, syntaxErrorText, type Language } from '../problem-texts.ts'
import type { SieveSyntaxError } from '../syntax/errors.ts'
import type { RewriteFinding } from './options.ts'

type Says = Pick<RewriteFinding, 'message' | 'remedy'>

/** Every sentence of a rewrite's report. */
export interface RewriteTexts {
  readonly folderMapped: string
  readonly folderWithVariables: string
  readonly notifyModernized: string
  readonly disabledChange: string
  renamedExtension(from: string, to: string): string
  unusedExtensions(names: readonly string[]): string
  specialUse(use: string, folder: string): string
  globalScriptInstalled(name: string, personal: string): string
  folderEncoding(name: string): Says
  variableFolder(name: string, target: string | undefined): Says
  unknownFolder(name: string): Says
  newFolder(name: string, target: string): Says
  newName(name: string): Says
  mutf7Folder(name: string, target: string): Says
  folderWithoutPrefix(name: string, target: string): Says
  personalInclude(name: string): Says
  globalInclude(name: string): Says
  oldNotify(reason: string, keepsWorking: boolean): Says
  missingExtension(name: string, restricted: boolean): Says
  /** With the reasons why, as they would have been reported. */
  disabledRule(reasons: readonly Says[]): Says
  refused(problem: SieveProblem): Says
  notSieve(error: SieveSyntaxError): Says
}

function said(reasons: readonly Says[], what: keyof Says): string {
  return [...new Set(reasons.map((reason) => reason[what]))].join(' ')
}

function enList(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ')
}

function deList(names: readonly string[]): string {
  return names.map((name) => `„${name}“`).join(', ')
}

const en: RewriteTexts = {
  folderMapped: 'The folder has this name on the new server.',
  folderWithVariables: 'Prefix and separators are those of the new server; variables stay.',
  notifyModernized:
    'The deprecated extension "notify" was replaced by "enotify"; recipients, subject and text stay.',
  disabledChange: 'The new server would refuse the whole script because of this rule.',
  disabledRule: (reasons) => ({
    message: `This rule was switched off (commented out), so that all others work. ${said(reasons, 'message')}`,
    remedy: said(reasons, 'remedy'),
  }),
  renamedExtension: (from, to) => `The extension "${from}" is outdated; "${to}" does the same.`,
  unusedExtensions: (names) => `The new server lacks ${enList(names)}; the script does without it.`,
  specialUse: (use, folder) => `The new server lacks ":specialuse"; its folder for ${use} is "${folder}".`,
  globalScriptInstalled: (name, personal) =>
    `The old server's script "${name}" for all users is installed here as "${personal}".`,
  folderEncoding: (name) => ({
    message: `The folder name "${name}" is not written in UTF-8; servers refuse that.`,
    remedy: 'Write the name anew in an editor that saves UTF-8.',
  }),
  variableFolder: (name, target) => ({
    message:
      `The folder name "${name}" is known only when mail arrives` +
      (target === undefined
        ? ', and was left as it is.'
        : `; it was rewritten to "${target}" as far as possible.`),
    remedy:
      'Look at the rule and try it with a message. Separators in what the variables hold are not replaced.',
  }),
  unknownFolder: (name) => ({
    message: `The old server has no folder "${name}"; the name was left as it is, and such mail stays in INBOX.`,
    remedy: 'Choose a folder in this rule, or delete it.',
  }),
  newFolder: (name, target) => ({
    message: `The old server has no folder "${name}". It is "${target}" here; until it is made, such mail stays in INBOX.`,
    remedy: 'Create the folder, if it is still wanted.',
  }),
  newName: (name) => ({
    message: `The folder name "${name}" is one of the new server already; the old server did not file there, because the prefix is missing.`,
    remedy: 'Nothing, if the script was adapted before.',
  }),
  mutf7Folder: (name, target) => ({
    message: `The folder name "${name}" was encoded as old programs did, so the old server did not file there. It is "${target}" here and works from now on.`,
    remedy: 'Check that this is wanted.',
  }),
  folderWithoutPrefix: (name, target) => ({
    message: `The old server did not file into "${name}", because the name lacks its prefix. It is "${target}" here and works from now on.`,
    remedy: 'Check that this is wanted.',
  }),
  personalInclude: (name) => ({
    message: `This script needs the other script "${name}" of the same user.`,
    remedy: `Install "${name}" as well.`,
  }),
  globalInclude: (name) => ({
    message: `This script includes "${name}", which the old server offers to all users; the new server has no such scripts.`,
    remedy: `Have the administrator say what "${name}" does. Spam is sorted by the new server itself; anything else can be copied into this script.`,
  }),
  oldNotify: (reason, keepsWorking) => ({
    message: `The deprecated "notify" could not be modernised: ${enNotifyReasons[reason] ?? reason}.`,
    remedy: keepsWorking ? 'It keeps working on the new server for now.' : 'Replace it by "enotify" by hand.',
  }),
  missingExtension: (name, restricted) => ({
    message: restricted
      ? `The script uses the extension "${name}", which the new server keeps for its own scripts.`
      : `The script uses the extension "${name}", which the new server does not have.`,
    remedy: enRemedies.find(([names]) => names.test(name))?.[1] ?? 'Replace or delete the rules that use it.',
  }),
  refused: (problem) => ({
    message: `The new server will refuse this: ${problemText(problem, 'en')}.`,
    remedy: 'Correct this place.',
  }),
  notSieve: (error) => ({
    message: `This is no Sieve script: ${syntaxErrorText(error, 'en')}.`,
    remedy: 'It did not work on the old server either. Write the rules anew, or repair this place.',
  }),
}

const enNotifyReasons: Readonly<Record<string, string>> = {
  denotify: 'it is taken back with "denotify", for which there is no successor',
  text: 'it sends text of the message, which its successor cannot',
  method: 'it uses another way than mail',
  recipients: 'its recipients are missing, too many, or no addresses',
  variables: 'the script uses variables, or strings that look like some',
  matchValues: 'later rules use what an earlier test matched',
  extensions: 'the new server lacks an extension that it needs',
  arguments: 'its arguments are wrong',
}

const programs = /^vnd\.dovecot\.(?:pipe|filter|execute)$/
const enRemedies: readonly (readonly [RegExp, string])[] = [
  [
    programs,
    "Programs on the server can be run by its administrator's scripts only. Ask what the program was for; delete the rule if nobody needs it.",
  ],
  [/^spamtest/, 'The new server tests for spam itself and files it into Junk: delete the rule.'],
  [/^virustest$/, 'The new server tests for viruses itself: delete the rule.'],
]

const de: RewriteTexts = {
  folderMapped: 'So heißt der Ordner am neuen Server.',
  folderWithVariables: 'Präfix und Trennzeichen sind die des neuen Servers; Variablen bleiben.',
  notifyModernized:
    'Die veraltete Erweiterung „notify“ wurde durch „enotify“ ersetzt; Empfänger, Betreff und Text bleiben.',
  disabledChange: 'Der neue Server würde wegen dieser Regel das ganze Skript ablehnen.',
  disabledRule: (reasons) => ({
    message: `Diese Regel wurde ausgeschaltet (auskommentiert), damit alle anderen wirken. ${said(reasons, 'message')}`,
    remedy: said(reasons, 'remedy'),
  }),
  renamedExtension: (from, to) => `Die Erweiterung „${from}“ ist veraltet; „${to}“ leistet dasselbe.`,
  unusedExtensions: (names) => `Der neue Server hat ${deList(names)} nicht; das Skript kommt ohne das aus.`,
  specialUse: (use, folder) =>
    `Der neue Server kennt „:specialuse“ nicht; sein Ordner für ${use} ist „${folder}“.`,
  globalScriptInstalled: (name, personal) =>
    `Das Skript „${name}“, das der alte Server für alle anbietet, liegt hier als „${personal}“.`,
  folderEncoding: (name) => ({
    message: `Der Ordnername „${name}“ ist nicht in UTF-8 geschrieben; das lehnen Server ab.`,
    remedy: 'Den Namen in einem Editor neu schreiben, der UTF-8 speichert.',
  }),
  variableFolder: (name, target) => ({
    message:
      `Der Ordnername „${name}“ steht erst fest, wenn eine Nachricht kommt` +
      (target === undefined ? ', und blieb unverändert.' : `; er wurde, soweit möglich, zu „${target}“.`),
    remedy:
      'Die Regel ansehen und mit einer Nachricht ausprobieren. Trennzeichen im Inhalt von Variablen werden nicht ersetzt.',
  }),
  unknownFolder: (name) => ({
    message: `Am alten Server gibt es keinen Ordner „${name}“; der Name blieb unverändert, solche Nachrichten bleiben im Posteingang.`,
    remedy: 'In dieser Regel einen Ordner auswählen oder sie löschen.',
  }),
  newFolder: (name, target) => ({
    message: `Am alten Server gibt es keinen Ordner „${name}“. Hier heißt er „${target}“; bis er angelegt ist, bleiben solche Nachrichten im Posteingang.`,
    remedy: 'Den Ordner anlegen, falls er noch gewünscht ist.',
  }),
  newName: (name) => ({
    message: `Der Ordnername „${name}“ ist schon einer des neuen Servers; der alte legte nichts dort ab, weil das Präfix fehlt.`,
    remedy: 'Nichts zu tun, falls das Skript schon angepasst war.',
  }),
  mutf7Folder: (name, target) => ({
    message: `Der Ordnername „${name}“ war kodiert, wie es alte Programme taten; der alte Server legte daher nichts dort ab. Hier heißt er „${target}“, und die Regel wirkt ab jetzt.`,
    remedy: 'Prüfen, ob das gewünscht ist.',
  }),
  folderWithoutPrefix: (name, target) => ({
    message: `Der alte Server legte nichts in „${name}“ ab, weil dem Namen das Präfix fehlt. Hier heißt der Ordner „${target}“, und die Regel wirkt ab jetzt.`,
    remedy: 'Prüfen, ob das gewünscht ist.',
  }),
  personalInclude: (name) => ({
    message: `Dieses Skript braucht das andere Skript „${name}“ desselben Postfachs.`,
    remedy: `„${name}“ ebenfalls installieren.`,
  }),
  globalInclude: (name) => ({
    message: `Dieses Skript bindet „${name}“ ein, das der alte Server allen anbietet; am neuen Server gibt es solche Skripte nicht.`,
    remedy: `Beim Administrator erfragen, was „${name}“ tut. Spam sortiert der neue Server selbst; anderes kann in dieses Skript kopiert werden.`,
  }),
  oldNotify: (reason, keepsWorking) => ({
    message: `Das veraltete „notify“ konnte nicht modernisiert werden: ${deNotifyReasons[reason] ?? reason}.`,
    remedy: keepsWorking ? 'Am neuen Server wirkt es vorerst weiter.' : 'Von Hand durch „enotify“ ersetzen.',
  }),
  missingExtension: (name, restricted) => ({
    message: restricted
      ? `Das Skript verwendet die Erweiterung „${name}“, die am neuen Server dessen eigenen Skripten vorbehalten ist.`
      : `Das Skript verwendet die Erweiterung „${name}“, die der neue Server nicht hat.`,
    remedy:
      deRemedies.find(([names]) => names.test(name))?.[1] ??
      'Die Regeln, die sie verwenden, ersetzen oder löschen.',
  }),
  refused: (problem) => ({
    message: `Das wird der neue Server ablehnen: ${problemText(problem, 'de')}.`,
    remedy: 'Diese Stelle berichtigen.',
  }),
  notSieve: (error) => ({
    message: `Das ist kein Sieve-Skript: ${syntaxErrorText(error, 'de')}.`,
    remedy: 'Es wirkte auch am alten Server nicht. Die Regeln neu anlegen oder diese Stelle berichtigen.',
  }),
}

const deNotifyReasons: Readonly<Record<string, string>> = {
  denotify: 'es wird mit „denotify“ zurückgenommen, wofür es keinen Nachfolger gibt',
  text: 'es verschickt Text der Nachricht, was der Nachfolger nicht kann',
  method: 'es verwendet einen anderen Weg als E-Mail',
  recipients: 'die Empfänger fehlen, sind zu viele oder keine Adressen',
  variables: 'das Skript verwendet Variablen oder etwas, das so aussieht',
  matchValues: 'spätere Regeln verwenden, was ein früherer Vergleich gefunden hat',
  extensions: 'dem neuen Server fehlt eine Erweiterung, die es dafür braucht',
  arguments: 'seine Argumente sind falsch',
}

const deRemedies: readonly (readonly [RegExp, string])[] = [
  [
    programs,
    'Programme am Server können nur Skripte des Administrators starten. Erfragen, wozu das Programm diente; wird es nicht gebraucht, die Regel löschen.',
  ],
  [/^spamtest/, 'Der neue Server prüft selbst auf Spam und legt ihn in Junk ab: die Regel löschen.'],
  [/^virustest$/, 'Der neue Server prüft selbst auf Viren: die Regel löschen.'],
]

export const rewriteTexts: Readonly<Record<Language, RewriteTexts>> = { de, en }
