import type { SiteData } from '../data/site.ts'
import { NoticeUsageError } from '../errors.ts'
import { line } from '../render/render-notice.ts'
import { fieldOf, templateSet } from '../templates/template-set.ts'
import type { Templates } from '../templates/templates.ts'
import { sitePage } from './site-page.ts'

export interface SiteOptions {
  /** The language of `index.html` at the top; the others lie in folders. Default: `de`, or the first there is. */
  readonly language?: string | undefined
  /** Default: `Europe/Vienna`. */
  readonly timeZone?: string | undefined
}

const pictureName = /^[\w][\w.-]{0,99}\.(?:png|jpe?g|webp|avif|gif)$/iu

/**
 * The information page in every language that has a `site.md`: paths (`index.html`, `en/index.html`, `pictures/…`) and
 * contents. Static, without scripts and remote content. Throws `TemplateError`, `NoticeUsageError`.
 */
export function renderSite(
  templates: Templates,
  data: SiteData,
  { language = 'de', timeZone = 'Europe/Vienna' }: SiteOptions = {},
): ReadonlyMap<string, Uint8Array> {
  const all = templateSet(templates).sites()
  const main = all.find((one) => one.language === language) ?? all[0]
  if (main === undefined) throw new NoticeUsageError('there is no site.md in any language')
  const { screenshots = [], ...rest } = data
  const files = new Map<string, Uint8Array>()
  for (const { fileName, content } of screenshots) {
    if (!pictureName.test(fileName))
      throw new NoticeUsageError(
        'a screenshot has a file name that is none of a picture: letters, digits, - _ .',
      )
    files.set(`pictures/${fileName}`, content)
  }
  const ordered = [main, ...all.filter((one) => one !== main)]
  for (const of of ordered) {
    const { site } = of
    if (site === undefined) continue
    const here = of === main ? '' : '../'
    const languages = ordered.map((one) => ({
      code: one.language,
      name:
        one.site === undefined
          ? one.language
          : line(one, fieldOf(one.site, 'language'), { data: {}, timeZone }),
      href: `${here}${one === main ? '' : `${one.language}/`}index.html`,
    }))
    const html = sitePage(of, site, {
      data: rest,
      screenshots,
      languages,
      pictures: `${here}pictures/`,
      timeZone,
    })
    files.set(of === main ? 'index.html' : `${of.language}/index.html`, new TextEncoder().encode(html))
  }
  return files
}
