import type { FolderMap } from '@iteg/imap-sync'
import {
  type Analysis,
  analyse,
  type AnalysisFindingCode,
  check,
  folderNames,
  type RewriteChange,
  type RewriteFinding,
  rewriteForMailcow,
  type ServerFacts,
} from '@iteg/sieve-export'
import type { FilterKind } from '../survey-report.ts'
import type { ScriptRemark } from './export-report.ts'
import type { OldNamespace } from './old-namespace.ts'

export type Language = 'de' | 'en'

/** What is known of a script, and what the new server gets instead of it. */
export interface Rewriting {
  /** Absent when the script cannot be read as Sieve at all. */
  readonly script?: Uint8Array
  /** What the new server will have against it by our own reading; with an error it refuses it. */
  readonly remarks: readonly ScriptRemark[]
  /** What it does, one sentence each. */
  readonly rules: readonly string[]
  /** What its owner should look at. */
  readonly notes: readonly string[]
  readonly changes: readonly string[]
  readonly losses: readonly string[]
  readonly spamOnly: boolean
  /** What kinds of things it does; `other` when it is none of the others. */
  readonly kinds: readonly FilterKind[]
  /** Scripts of the user's own that it includes, in order. */
  readonly includes: readonly string[]
}

export interface RewritingOptions {
  readonly folderMap: FolderMap
  readonly oldNamespace: OldNamespace | undefined
  readonly server: ServerFacts
  /** Redirects to other domains are named as external. */
  readonly ownDomains: readonly string[]
  readonly language: Language
}

/** A script as the new server gets it: rules that it would refuse are commented out, so that all others work. Pure. */
export function rewriteScript(content: Uint8Array, options: RewritingOptions): Rewriting {
  const { folderMap, oldNamespace, server, ownDomains, language } = options
  const { extensions, ...facts } = server
  const result = rewriteForMailcow(content, {
    ...folderNames(folderMap.entries),
    ...(oldNamespace === undefined ? {} : { oldNamespace }),
    targetExtensions: extensions,
    server: facts,
    unsupported: 'disable',
    language,
  })
  // Without a clock: what is said of a script changes only with the script.
  const before = analyse(content, { language, extensions, ownDomains })
  const words = {
    rules: before.rules.map(({ name, sentence }) => (name === undefined ? sentence : `${name}: ${sentence}`)),
    notes: notesOf(before, result.findings, language),
    changes: changesOf(result.changes, language),
    losses: lossesOf(result.findings, language),
    spamOnly: isSpamOnly(before),
    kinds: kindsOf(before),
  }
  const notSieve = result.findings.find(({ code }) => code === 'notSieve')
  if (notSieve !== undefined) return { ...words, remarks: [remarkOf(notSieve)], includes: [] }
  return {
    ...words,
    script: result.script,
    remarks: check(result.script, server).problems.map(remarkOf),
    includes: analyse(result.script)
      .includes.filter(({ location }) => location === 'personal')
      .map(({ name }) => name),
  }
}

function isSpamOnly({ rules }: Analysis): boolean {
  return rules.length > 0 && rules.every(({ spamOnly }) => spamOnly)
}

function kindsOf(analysis: Analysis): readonly FilterKind[] {
  if (isSpamOnly(analysis)) return ['spam']
  const { folders, redirects, vacations } = analysis
  const kinds: readonly FilterKind[] = [
    ...(folders.some(({ files }) => files) ? (['folders'] as const) : []),
    ...(redirects.some(({ active }) => active) ? (['forward'] as const) : []),
    ...(vacations.some(({ active }) => active) ? (['vacation'] as const) : []),
  ]
  return kinds.length === 0 ? ['other'] : kinds
}

/** What rewriting and the summary's other parts say better. */
const SAID_ELSEWHERE: ReadonlySet<AnalysisFindingCode> = new Set([
  'notSieve',
  'include',
  'globalInclude',
  'missingExtension',
  // The rule's own sentence begins with it.
  'switchedOff',
])

function notesOf(
  analysis: Analysis,
  findings: readonly RewriteFinding[],
  language: Language,
): readonly string[] {
  const said = analysis.findings
    .filter(({ code }) => !SAID_ELSEWHERE.has(code))
    .map(({ line, message }) => placed(line, message, language))
  const warned = findings.filter(({ severity, code }) => severity === 'warning' && code !== 'disabledRule')
  return unique([...warned.map((finding) => withRemedy(finding, language)), ...said])
}

/** Rules that were switched off are among the losses. */
function changesOf(changes: readonly RewriteChange[], language: Language): readonly string[] {
  return unique(
    changes
      .filter(({ kind }) => kind !== 'disabled')
      .map(({ line, before, after, why }) => placed(line, withFromTo(why, before, after), language)),
  )
}

/** Only where it can be taken in at a glance. */
function withFromTo(why: string, before: string, after: string): string {
  const isShort = [before, after].every(
    (text) => text.length > 0 && text.length <= 80 && !/[\r\n]/.test(text),
  )
  return isShort ? `${why.replace(/\.$/, '')}: ${before} → ${after}` : why
}

/** What will not work on the new server, and what to do. */
function lossesOf(findings: readonly RewriteFinding[], language: Language): readonly string[] {
  return unique(
    findings
      .filter(({ severity, code }) => severity === 'error' || code === 'disabledRule')
      .map((finding) => withRemedy(finding, language)),
  )
}

function withRemedy({ line, message, remedy }: RewriteFinding, language: Language): string {
  return placed(line, `${message} ${remedy}`, language)
}

function placed(line: number, sentence: string, language: Language): string {
  return `${language === 'de' ? 'Zeile' : 'Line'} ${line}: ${sentence}`
}

function unique(lines: readonly string[]): readonly string[] {
  return [...new Set(lines)]
}

function remarkOf({
  severity,
  line,
  column,
  message,
}: {
  readonly severity: 'error' | 'warning' | 'info'
  readonly line: number
  readonly column: number
  readonly message: string
}): ScriptRemark {
  return { severity: severity === 'error' ? 'error' : 'warning', line, column, message }
}
