import type { Template } from 'liquidjs'
import type { NoticeKind } from '../data/kinds.ts'
import { NoticeUsageError, TemplateError, type TemplateProblem } from '../errors.ts'
import { cleanLine } from '../markdown/clean.ts'
import { MarkdownRefused } from '../markdown/refused.ts'
import type { Engine } from './engine.ts'
import type { LayoutName, SiteKey } from './layouts.ts'
import { type KnownNames, problemOf } from './problems.ts'
import type { Source } from './sources.ts'
import type { Templates } from './templates.ts'

/** One text, ready to be rendered. */
export interface Compiled {
  readonly file: string
  readonly body: Template[]
  readonly fields: ReadonlyMap<string, Template[]>
  /** It, and the partials that it can include. */
  readonly sources: readonly Source[]
  readonly version: string
}

export interface LanguageTemplates {
  readonly language: string
  readonly engine: Engine
  readonly names: KnownNames
  readonly notices: ReadonlyMap<NoticeKind, Compiled>
  readonly site: Compiled | undefined
  readonly layouts: ReadonlyMap<LayoutName, Compiled>
}

export class TemplateSet implements Templates {
  readonly languages: readonly string[]
  readonly #byLanguage: ReadonlyMap<string, LanguageTemplates>

  constructor(all: readonly LanguageTemplates[]) {
    this.#byLanguage = new Map(all.map((one) => [one.language.toLowerCase(), one]))
    this.languages = all
      .filter(({ notices }) => notices.size > 0)
      .map(({ language }) => language)
      .toSorted()
  }

  /** What is written in a language, or in the one that it is a kind of: `de` for `de-AT`. */
  #find(language: string): LanguageTemplates | undefined {
    const lower = language.toLowerCase()
    return this.#byLanguage.get(lower) ?? this.#byLanguage.get(lower.split('-')[0] ?? '')
  }

  has(kind: NoticeKind, language: string): boolean {
    return this.#find(language)?.notices.has(kind) ?? false
  }

  version(kind: NoticeKind, language: string): string {
    return this.notice(kind, language).compiled.version
  }

  notice(
    kind: NoticeKind,
    language: string,
  ): { readonly of: LanguageTemplates; readonly compiled: Compiled } {
    const of = this.#find(language)
    const compiled = of?.notices.get(kind)
    if (of === undefined || compiled === undefined)
      throw new NoticeUsageError(
        `there is no ${kind} in the language ${cleanLine(language, 40)} (there is: ${this.languages.join(', ')})`,
      )
    return { of, compiled }
  }

  sites(): readonly LanguageTemplates[] {
    return [...this.#byLanguage.values()].filter(({ site }) => site !== undefined)
  }
}

/** The internals of templates that `loadTemplates` made. */
export function templateSet(templates: Templates): TemplateSet {
  if (templates instanceof TemplateSet) return templates
  throw new NoticeUsageError('these templates were not made by loadTemplates')
}

/** A text of the front matter; the loader has made sure that it is there. */
export function fieldOf(compiled: Compiled, key: SiteKey | 'subject'): Template[] {
  return compiled.fields.get(key) ?? []
}

/** Runs a rendering; what is wrong with the template comes out with its place. */
export function withPlaces<T>(of: LanguageTemplates, compiled: Compiled, render: () => T): T {
  try {
    return render()
  } catch (error) {
    const problem =
      error instanceof MarkdownRefused ? placeOf(error, compiled) : problemOf(error, of.names, compiled.file)
    if (problem === undefined) throw error
    throw new TemplateError([problem], { cause: error })
  }
}

function placeOf({ raw, message }: MarkdownRefused, { sources, file }: Compiled): TemplateProblem {
  const wanted = raw.trim().split('\n')[0] ?? ''
  for (const source of sources) {
    const at = source.text.indexOf(wanted)
    if (at === -1) continue
    const before = source.text.slice(0, at).split('\n')
    return { file: source.file, line: before.length, column: (before.at(-1) ?? '').length + 1, message }
  }
  return { file, line: 1, column: 1, message }
}
