import type { CatchupDomain, CatchupReport } from '@iteg/migration'
import { count, visible } from '../ui/text.ts'
import { renderCopyDomain } from './copy.ts'
import { blocks, paragraph, type RenderStyle } from './style.ts'

/** What came late, mailbox by mailbox, and whether anything is still to be expected. */
export function renderCatchup({ domains }: CatchupReport, style: RenderStyle): string {
  return blocks(domains.flatMap((domain) => [renderCopyDomain(domain, style), rest(domain, style)]))
}

function rest({ domain, totals, ended, quietSince, inactive }: CatchupDomain, style: RenderStyle): string {
  const quiet =
    quietSince === undefined
      ? `${visible(domain)}: ${count(totals.copied, 'late message')} added.`
      : `${visible(domain)}: nothing came since ${new Date(quietSince).toLocaleString('sv-SE')}${ended ? '; it need not be run any more.' : '.'}`
  const off =
    inactive.length === 0
      ? ''
      : paragraph(`Switched off on mailcow, not looked at: ${inactive.join(', ')}`, '  ', style)
  return [quiet, off].filter((line) => line !== '').join('\n')
}
