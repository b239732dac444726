import type { ForgetReport } from '@iteg/migration'
import { count, visible } from '../ui/text.ts'
import { formatBytes } from '../ui/units.ts'
import { blocks, nextLine, paragraph, type RenderStyle } from './style.ts'

/** What is no longer kept of a domain. */
export function renderForget(report: ForgetReport, style: RenderStyle): string {
  const { domain, dryRun, folders, secrets, cutOverAt, retentionDays, next } = report
  const files = folders.reduce((sum, folder) => sum + folder.files, 0)
  const bytes = folders.reduce((sum, folder) => sum + folder.bytes, 0)
  const verb = dryRun ? 'would be removed' : 'removed'
  return blocks([
    `${style.paint('bold', visible(domain))}  ${count(files, 'file')} (${formatBytes(bytes)}) and ${count(secrets, 'sealed password')} ${verb}`,
    folders
      .map(({ kind, path, files: inside }) =>
        paragraph(`${kind}: ${path} (${count(inside, 'file')})`, '  ', style),
      )
      .join('\n'),
    paragraph(
      `Cut over on ${cutOverAt.slice(0, 10)}, kept for ${count(retentionDays, 'day')}. The ledger keeps its facts and the log.`,
      '  ',
      style,
    ),
    nextLine(next, style).join('\n'),
  ])
}
