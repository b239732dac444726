import { conform } from '../data/shape.ts'
import { siteShape } from '../data/shapes.ts'
import type { SiteScreenshot } from '../data/site.ts'
import { escapeHtml } from '../markdown/escape-html.ts'
import { markdownToHtml } from '../markdown/html.ts'
import { lexMarkdown } from '../markdown/lex.ts'
import { Values } from '../markdown/values.ts'
import { layOut, line } from '../render/render-notice.ts'
import { MadeHtml } from '../templates/engine.ts'
import { fieldOf, type Compiled, type LanguageTemplates, withPlaces } from '../templates/template-set.ts'
import type { SiteKey } from '../templates/layouts.ts'

export interface SitePageOptions {
  readonly data: unknown
  readonly screenshots: readonly SiteScreenshot[]
  /** For the links to the page in other languages. */
  readonly languages: readonly { readonly code: string; readonly name: string; readonly href: string }[]
  /** Where pictures lie, as seen from this page. */
  readonly pictures?: string | undefined
  readonly timeZone: string
}

/** Elements that the page's style sheet knows by a class. */
const classes: ReadonlySet<string> = new Set(['label', 'button', 'thright', 'tdright'])

/** One language's page. */
export function sitePage(of: LanguageTemplates, site: Compiled, options: SitePageOptions): string {
  const { screenshots, languages, pictures = '', timeZone } = options
  return withPlaces(of, site, () => {
    const known = conform(options.data, siteShape)
    const data: object = Object.assign(Object.create(null), known, { language: of.language, letter: false })
    const own = (key: SiteKey): string => line(of, fieldOf(site, key), { data, timeZone })
    const values = new Values()
    const markdown = of.engine.render(site.body, { data, timeZone, write: (value) => values.hold(value) })
    const sections: { id: string; title: string }[] = []
    let headings = 0
    const content = markdownToHtml(lexMarkdown(markdown), {
      values,
      dress: (element) => (classes.has(element) ? ` class="${element}"` : ''),
      onHeading: (depth, title) => {
        headings += 1
        const id = depth === 1 ? 'top' : `s${headings}`
        if (depth === 2) sections.push({ id, title })
        return id
      },
      slot: (name, description) =>
        picture({ name, description, screenshots, pictures, of, missing: own('picture') }),
    })
    return layOut(of, 'site.html', timeZone, {
      ...data,
      content: new MadeHtml(content),
      title: own('title'),
      description: own('description'),
      skip: own('skip'),
      menu: own('menu'),
      sections,
      languages: languages.map((one) => ({ ...one, current: one.code === of.language })),
    })
  })
}

interface Picture {
  readonly name: string
  readonly description: string
  readonly screenshots: readonly SiteScreenshot[]
  readonly pictures: string
  readonly of: LanguageTemplates
  readonly missing: string
}

/** The picture of a slot; none yet: the place that is left for it. */
function picture({ name, description, screenshots, pictures, of, missing }: Picture): string {
  const there = screenshots.find(({ slot }) => slot === name)
  const caption = `<figcaption>${escapeHtml(description)}</figcaption>`
  if (there === undefined)
    return `<figure class="slot" data-slot="${escapeHtml(name)}"><div class="empty" aria-hidden="true">${escapeHtml(missing)}</div>${caption}</figure>\n`
  const alternative = there.alternatives[of.language] ?? description
  const source = `${pictures}${encodeURIComponent(there.fileName)}`
  return `<figure data-slot="${escapeHtml(name)}"><img src="${escapeHtml(source)}" alt="${escapeHtml(alternative)}" loading="lazy">${caption}</figure>\n`
}
