import type { ExportedScript, FilterInstall, ScriptRemark } from './export-report.ts'
import type { Language } from './rewriting.ts'

/** A script as its owner is told of it: `script` with file names below `sieve/`, and the sentences in his language. */
export interface SummaryScript {
  readonly script: ExportedScript
  readonly rules: readonly string[]
  readonly notes: readonly string[]
  readonly changes: readonly string[]
  readonly losses: readonly string[]
}

export interface SummaryFacts {
  readonly mailbox: string
  readonly scripts: readonly SummaryScript[]
  readonly install: FilterInstall | undefined
}

/** What a mailbox's filters do and what becomes of them, for the person whose they are. Plain text, pure. */
export function renderSummary({ mailbox, scripts, install }: SummaryFacts, language: Language): string {
  const words = WORDS[language]
  const title = words.title(shown(mailbox))
  // What was at work comes first.
  const sorted = scripts.toSorted((one, other) => Number(other.script.active) - Number(one.script.active))
  const blocks = sorted.map((script) => scriptBlock(script, words))
  const installed = installedSentence(install, words)
  return `${[
    `${title}\n${'='.repeat(title.length)}`,
    scripts.some(({ script }) => script.state === 'present' && script.active) ? '' : words.noneActive,
    ...blocks,
    installed ?? '',
  ]
    .filter((block) => block !== '')
    .join('\n\n')}\n`
}

function scriptBlock({ script, rules, notes, changes, losses }: SummaryScript, words: Words): string {
  const heading = `${words.script} ${quoted(script.name)} (${stateOf(script, words)})`
  return [
    `${heading}\n${'-'.repeat(heading.length)}`,
    [
      `${words.original}: ${script.original}`,
      ...(script.rewritten === undefined ? [] : [`${words.rewritten}: ${script.rewritten}`]),
      ...(script.refused === undefined ? [] : [`${words.refusedFile}: ${script.refused}`]),
      ...(script.verdict === undefined ? [] : [words.verdicts[script.verdict]]),
      ...(script.spamOnly ? [words.spamOnly] : []),
    ].join('\n'),
    list(words.does, rules),
    list(words.notes, notes),
    list(words.changed, changes),
    list(words.lost, losses),
    list(
      words.said,
      script.remarks.map((remark) => remarkLine(remark, words)),
    ),
  ]
    .filter((block) => block !== '')
    .join('\n\n')
}

function stateOf({ state, active, listed }: ExportedScript, words: Words): string {
  if (state === 'removed') return words.removed
  if (!active) return words.inactive
  return listed ? words.active : words.unlisted
}

function list(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`${heading}:`, ...lines.map((line) => `- ${shown(line)}`)].join('\n')
}

function remarkLine({ line, column, message }: ScriptRemark, words: Words): string {
  if (line === undefined) return message
  return `${words.line} ${line}${column === undefined ? '' : `, ${words.column} ${column}`}: ${message}`
}

function installedSentence(install: FilterInstall | undefined, words: Words): string | undefined {
  if (install?.name === undefined) return undefined
  if (!['installed', 'updated', 'unchanged'].includes(install.outcome)) return undefined
  return words.installed(quoted(install.name), install.active)
}

/** Names come from other people: what could turn a text around or hide something is shown as an escape. */
function shown(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )
}

function quoted(name: string): string {
  return shown(`"${name}"`)
}

interface Words {
  readonly title: (mailbox: string) => string
  readonly noneActive: string
  readonly script: string
  readonly active: string
  readonly inactive: string
  readonly unlisted: string
  readonly removed: string
  readonly original: string
  readonly rewritten: string
  readonly refusedFile: string
  readonly verdicts: Readonly<Record<NonNullable<ExportedScript['verdict']>, string>>
  readonly spamOnly: string
  readonly does: string
  readonly notes: string
  readonly changed: string
  readonly lost: string
  readonly said: string
  readonly line: string
  readonly column: string
  readonly installed: (name: string, active: boolean) => string
}

const WORDS: Readonly<Record<Language, Words>> = {
  de: {
    title: (mailbox) => `Filterregeln von ${mailbox}`,
    noneActive: 'Auf dem alten Server war kein Skript aktiv: Die Regeln hier wirkten nicht.',
    script: 'Skript',
    active: 'war aktiv',
    inactive: 'war nicht aktiv',
    unlisted: 'war aktiv, obwohl es in keinem Programm zu sehen war',
    removed: 'wurde auf dem alten Server inzwischen gelöscht',
    original: 'So wie es war',
    rewritten: 'Für den neuen Server',
    refusedFile: 'Fassung, die der neue Server ablehnt',
    verdicts: {
      accepted: 'Der neue Server hat das Skript geprüft und nimmt es an.',
      unchecked: 'Der neue Server hat das Skript noch nicht geprüft.',
      refused: 'Der neue Server nimmt das Skript nicht an.',
    },
    spamOnly: 'Dieses Skript sortiert nur Spam aus. Das macht der neue Server von selbst.',
    does: 'Was es tut',
    notes: 'Bitte beachten',
    changed: 'Was für den neuen Server geändert wurde',
    lost: 'Was nicht übernommen werden kann',
    said: 'Anmerkungen des neuen Servers',
    line: 'Zeile',
    column: 'Spalte',
    installed: (name, active) =>
      `Auf dem neuen Server liegt das Skript unter dem Namen ${name} und ist dort ${active ? 'aktiv' : 'nicht aktiv'}.`,
  },
  en: {
    title: (mailbox) => `Mail filters of ${mailbox}`,
    noneActive: 'No script was active on the old server: the rules below had no effect.',
    script: 'Script',
    active: 'was active',
    inactive: 'was not active',
    unlisted: 'was active, although no program showed it',
    removed: 'has been deleted on the old server since',
    original: 'As it was',
    rewritten: 'For the new server',
    refusedFile: 'Version that the new server refuses',
    verdicts: {
      accepted: 'The new server has checked the script and takes it.',
      unchecked: 'The new server has not checked the script yet.',
      refused: 'The new server does not take the script.',
    },
    spamOnly: 'This script does nothing but sort spam. The new server does that by itself.',
    does: 'What it does',
    notes: 'Please note',
    changed: 'What was changed for the new server',
    lost: 'What cannot be carried over',
    said: 'Remarks of the new server',
    line: 'line',
    column: 'column',
    installed: (name, active) =>
      `On the new server the script is stored as ${name} and is ${active ? 'active' : 'not active'} there.`,
  },
}
