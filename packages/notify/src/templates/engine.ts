import { Liquid, type Template } from 'liquidjs'
import { CalendarDay } from '../data/calendar-day.ts'
import { type DateStyle, type Formats, formatsOf } from './format.ts'
import { hideWholeLineTags } from './whole-line-tags.ts'

/** What a template may use of Liquid; whatever writes without being escaped is not among it. */
export const tagNames: readonly string[] = [
  'assign',
  'break',
  'case',
  'comment',
  'continue',
  'for',
  'if',
  'include',
  'unless',
  '#',
]
const builtInFilters =
  `abs append at_least at_most capitalize ceil compact concat default divided_by downcase find first
  floor has join last map minus modulo plus prepend reject remove replace reverse round size slice sort sort_natural
  split strip sum times truncate uniq upcase where`.split(/\s+/u)

/** HTML that the renderer made itself. */
export class MadeHtml {
  readonly html: string
  constructor(html: string) {
    this.html = html
  }
}

export interface RenderScope {
  readonly data: object
  readonly timeZone: string
  /** What becomes of each value. */
  readonly write: (value: string) => string
}

/** Liquid for the templates of one language. */
export class Engine {
  readonly liquid: Liquid
  readonly filterNames: readonly string[]
  readonly #formats: Formats
  #scope: RenderScope | undefined

  /** `partials`: by the name that `include` uses. */
  constructor(language: string, partials: ReadonlyMap<string, string>) {
    this.#formats = formatsOf(language)
    this.liquid = new Liquid({
      templates: Object.fromEntries(
        // its last line end is not part of it: it may stand within a line
        [...partials].map(([name, text]) => [name, hideWholeLineTags(text).replace(/\n$/u, '')]),
      ),
      cache: true,
      strictVariables: true,
      strictFilters: true,
      ownPropertyOnly: true,
      outputEscape: (value: unknown) => this.#write(value),
    })
    const { tags, filters } = this.liquid
    for (const name of Object.keys(tags)) if (!tagNames.includes(name)) delete tags[name]
    for (const name of Object.keys(filters)) if (!builtInFilters.includes(name)) delete filters[name]
    for (const style of ['date', 'day', 'datetime'] as const)
      this.liquid.registerFilter(style, (value: unknown) => this.#date(value, style))
    this.liquid.registerFilter('bytes', (value: unknown) => this.#formats.bytes(asNumber(value)))
    this.liquid.registerFilter('number', (value: unknown) => this.#formats.number(asNumber(value)))
    this.liquid.registerFilter('list', (value: unknown) =>
      this.#formats.list(Array.isArray(value) ? value.map(String) : [String(value)]),
    )
    this.filterNames = Object.keys(filters)
  }

  parse(text: string, file: string): Template[] {
    return this.liquid.parse(hideWholeLineTags(text), file)
  }

  /** Never from within a rendering: a rendering is not interrupted, so the scope is that of the one that runs. */
  render(template: Template[], scope: RenderScope): string {
    this.#scope = scope
    try {
      const made: unknown = this.liquid.renderSync(template, scope.data)
      return String(made)
    } finally {
      this.#scope = undefined
    }
  }

  #date(value: unknown, style: DateStyle): string {
    if (value instanceof Date || value instanceof CalendarDay)
      return this.#formats.date(value, this.#scope?.timeZone ?? 'UTC', style)
    throw new Error('this is no date')
  }

  #write(value: unknown): string {
    if (value instanceof MadeHtml) return value.html
    return this.#scope?.write(this.#text(value)) ?? ''
  }

  #text(value: unknown): string {
    if (value === null || value === undefined) return ''
    if (typeof value === 'string') return value
    if (typeof value === 'number') return this.#formats.number(value)
    if (value instanceof Date || value instanceof CalendarDay) return this.#date(value, 'date')
    if (Array.isArray(value)) return value.map((item: unknown) => this.#text(item)).join(', ')
    throw new Error('this is no text: write one of its fields, or use it in a condition')
  }
}

function asNumber(value: unknown): number {
  if (typeof value === 'number') return value
  throw new Error('this is no number')
}
