import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { TemplateError, type TemplateProblem } from './errors.ts'
import { compileAll } from './templates/compile.ts'
import { readSources } from './templates/sources.ts'
import { TemplateSet } from './templates/template-set.ts'
import type { LoadTemplatesOptions, Templates } from './templates/templates.ts'
import { tryAll } from './templates/try-all.ts'

// beside src/ as well as beside dist/
const builtIn = fileURLToPath(new URL('../templates/', import.meta.url))

/**
 * Reads, compiles and checks all templates: syntax, unknown variables in every branch, missing partials, and a trial
 * rendering of each. Throws `TemplateError` with everything that is wrong at once.
 */
export async function loadTemplates({ directory, signal }: LoadTemplatesOptions = {}): Promise<Templates> {
  const sources = await readSources(builtIn, (relative) => `built-in ${relative}`, signal)
  if (directory !== undefined) {
    const own = await readSources(directory, (relative) => path.join(directory, relative), signal)
    for (const [relative, source] of own) sources.set(relative, source)
  }
  const problems: TemplateProblem[] = []
  const languages = compileAll(sources, problems)
  refuse(problems)
  const set = new TemplateSet(languages)
  tryAll(languages, problems)
  refuse(problems)
  return set
}

function refuse(found: readonly TemplateProblem[]): void {
  // A partial's mistake shows in every text that includes it.
  const problems = [...new Map(found.map((problem) => [JSON.stringify(problem), problem])).values()]
  const [first, ...rest] = problems.toSorted(
    (a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column,
  )
  if (first !== undefined) throw new TemplateError([first, ...rest])
}
