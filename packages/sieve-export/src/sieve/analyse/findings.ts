import type { Language } from '../problem-texts.ts'
import { isOver } from './dates.ts'
import type { FindingTexts } from './finding-texts.ts'
import type {
  Analysis,
  AnalysisFinding,
  AnalysisFindingCode,
  Place,
  RuleSummary,
  Vacation,
} from './options.ts'
import { dateParts } from './values-in-words.ts'

type Facts = Pick<Analysis, 'rules' | 'redirects' | 'vacations' | 'includes'>

interface FindingOptions {
  readonly texts: FindingTexts
  readonly now: Date | undefined
  readonly language: Language
}

/** What somebody should know about a script, in its order. */
export function findingsOf(
  { rules, redirects, vacations, includes }: Facts,
  options: FindingOptions,
): readonly AnalysisFinding[] {
  const { texts } = options
  const findings = [
    ...rules.flatMap((rule) => ruleFindings(rule, texts)),
    ...vacations.flatMap((vacation) => vacationFindings(vacation, options)),
    ...redirects
      .filter(({ active }) => active)
      .flatMap((redirect) => [
        ...(redirect.external === true
          ? [finding('externalRedirect', 'warning', redirect, texts.externalRedirect(redirect.address))]
          : []),
        ...(redirect.keepsCopy
          ? []
          : [finding('redirectWithoutCopy', 'info', redirect, texts.redirectWithoutCopy(redirect.address))]),
      ]),
    ...includes.map((include) =>
      include.location === 'global'
        ? finding('globalInclude', 'error', include, texts.globalInclude(include.name))
        : finding('include', 'info', include, texts.include(include.name)),
    ),
  ]
  return findings.toSorted((a, b) => a.line - b.line || a.column - b.column)
}

function ruleFindings(rule: RuleSummary, texts: FindingTexts): readonly AnalysisFinding[] {
  const missing = rule.missingExtensions.map((name) =>
    finding('missingExtension', 'error', rule, texts.missingExtension(name)),
  )
  if (!rule.active) return [...missing, finding('switchedOff', 'info', rule, texts.switchedOff)]
  const unreachable = rule.reachable ? [] : [finding('unreachable', 'warning', rule, texts.unreachable)]
  if (rule.spamOnly) {
    const text = rule.discards ? texts.spamRuleDiscards : texts.spamRule
    return [...missing, ...unreachable, finding('spamRule', 'info', rule, text)]
  }
  return [
    ...missing,
    ...unreachable,
    ...(rule.discards ? [finding('discards', 'info', rule, texts.discards)] : []),
  ]
}

function vacationFindings(
  vacation: Vacation,
  { texts, now, language }: FindingOptions,
): readonly AnalysisFinding[] {
  if (!vacation.active) return []
  if (vacation.ends === undefined)
    return [finding('vacationWithoutEnd', 'info', vacation, texts.vacationWithoutEnd)]
  if (now === undefined || !isOver(vacation, now)) return []
  return [finding('vacationOver', 'info', vacation, texts.vacationOver(dateText(vacation.ends, language)))]
}

function dateText(text: string, language: Language): string {
  const parts = dateParts(text)
  if (parts === undefined || language === 'en') return text.slice(0, 10)
  return `${parts.day}.${parts.month}.${parts.year}`
}

function finding(
  code: AnalysisFindingCode,
  severity: AnalysisFinding['severity'],
  { line, column }: Place,
  message: string,
): AnalysisFinding {
  return { code, severity, line, column, message }
}
