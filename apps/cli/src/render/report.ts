import type { CopyReport, ProvisionReport } from '@iteg/migration'
import type { RenderStyle } from './style.ts'

/** A stage's report that came with an error. */
export async function renderReport(
  report: CopyReport | ProvisionReport,
  style: RenderStyle,
): Promise<string> {
  return report.schema === 'mailmove.copy/1'
    ? (await import('./copy.ts')).renderCopy(report, style)
    : (await import('./provision.ts')).renderProvision(report, style)
}
