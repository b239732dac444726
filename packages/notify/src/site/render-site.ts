import type { SiteData } from '../data/site.ts'
import type { Templates } from '../templates/templates.ts'

/**
 * The information page in every language that has a `site.md`: paths (`index.html`, `en/index.html`, …) and contents.
 * Static, without scripts and remote content. Throws `TemplateError`, `NoticeUsageError`.
 */
export function renderSite(templates: Templates, data: SiteData): ReadonlyMap<string, Uint8Array> {
  throw new Error(`being built: ${String(templates.languages)} ${data.provider.name}`)
}
