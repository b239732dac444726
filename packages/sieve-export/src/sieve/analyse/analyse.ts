import { mailcowExtensions } from '../grammar/extensions.ts'
import { Meaning } from '../meaning/read-meaning.ts'
import { extensionUses, requiredBy } from '../require/extension-uses.ts'
import { isSieveSyntaxError, type SieveSyntaxError } from '../syntax/errors.ts'
import { parse } from '../syntax/parse.ts'
import { positionAt } from '../syntax/position.ts'
import type { Script } from '../syntax/tree.ts'
import { findingsOf } from './findings.ts'
import { findingTexts } from './finding-texts.ts'
import type { Analysis, AnalyseOptions, Place } from './options.ts'
import { scriptAuthor } from './rule-names.ts'
import { rulesOf } from './rules.ts'
import { readSteps } from './statement.ts'
import { foldersOf, includesOf, redirectsOf, vacationsOf } from './uses.ts'

/**
 * Says what a script does: each rule in a sentence, where mail goes, what is answered and when, and what will be different
 * on the new server. Understands what it can: a rule that it does not know is named, never left out. Nothing is thrown; of
 * a script that cannot be read, `problem` says why.
 */
export function analyse(script: Script | Uint8Array | string, options: AnalyseOptions = {}): Analysis {
  const language = options.language ?? 'en'
  const tree =
    typeof script === 'string' || script instanceof Uint8Array ? readOrError(script, options) : script
  if (tree instanceof Error) return unreadable(tree, findingTexts[language].notSieve(tree))
  const meaning = new Meaning(tree)
  const steps = readSteps(tree, meaning)
  const locate = (offset: number): Place => {
    const { line, column } = positionAt(tree.source, offset)
    return { line, column }
  }
  const offered = new Set(options.extensions ?? mailcowExtensions)
  const required = [...requiredBy({ script: tree })]
  const missing = required.filter((name) => !offered.has(name))
  const missingUses = extensionUses(missing, { script: tree, meaning })
  const ownDomains = options.ownDomains === undefined ? undefined : new Set(options.ownDomains)
  const author = scriptAuthor(tree)
  const rules = rulesOf({ script: tree, steps, locate, language, missingUses })
  const running = rules.filter(({ active, reachable }) => active && reachable)
  const facts = {
    rules,
    redirects: redirectsOf(steps, meaning, locate, ownDomains),
    vacations: vacationsOf(steps, meaning, locate),
    includes: includesOf(tree, meaning, locate),
  }
  return {
    readable: true,
    ...(author === undefined ? {} : { author }),
    spamOnly: running.length > 0 && running.every(({ spamOnly }) => spamOnly),
    extensions: { required, missing },
    folders: foldersOf(tree, meaning, locate),
    ...facts,
    findings: findingsOf(facts, { texts: findingTexts[language], now: options.now, language }),
  }
}

function readOrError(script: Uint8Array | string, options: AnalyseOptions): Script | SieveSyntaxError {
  try {
    return parse(script, options)
  } catch (error) {
    if (isSieveSyntaxError(error)) return error
    throw error
  }
}

function unreadable({ code, reason, line, column, offset }: SieveSyntaxError, message: string): Analysis {
  return {
    readable: false,
    problem: { code, severity: 'error', message: reason, line, column, offset },
    rules: [],
    spamOnly: false,
    extensions: { required: [], missing: [] },
    folders: [],
    redirects: [],
    vacations: [],
    includes: [],
    findings: [{ code: 'notSieve', severity: 'error', line, column, message }],
  }
}
