import { letterKinds } from '../data/letter-kinds.ts'
import { trialData } from '../data/trial-data.ts'
import { noticeShapes, siteShape } from '../data/shapes.ts'
import { TemplateError, type TemplateProblem } from '../errors.ts'
import { renderLetterOf } from '../render/letter.ts'
import { renderCompiled } from '../render/render-notice.ts'
import { sitePage } from '../site/site-page.ts'
import type { LanguageTemplates } from './template-set.ts'

/** Renders everything once with all that can be there, and once without: what the check of names does not see shows here. */
export function tryAll(languages: readonly LanguageTemplates[], problems: TemplateProblem[]): void {
  const attempt = (render: () => unknown): void => {
    try {
      render()
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      problems.push(...error.problems)
    }
  }
  for (const of of languages)
    for (const full of [true, false]) {
      for (const [kind, compiled] of of.notices) {
        const data = trialData(noticeShapes[kind], full)
        attempt(() => renderCompiled(of, compiled, { kind, data }))
        if (letterKinds.some((letterKind) => letterKind === kind))
          attempt(() => renderLetterOf(of, compiled, { kind, data, date: new Date(0) }))
      }
      const { site } = of
      if (site === undefined) continue
      const data = trialData(siteShape, full)
      attempt(() => sitePage(of, site, { data, screenshots: [], languages: [], timeZone: 'UTC' }))
    }
}
