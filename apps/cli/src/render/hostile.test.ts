import { describe, expect, test } from 'vitest'
import {
  accepted,
  check,
  copy,
  exported,
  plan,
  provision,
  status,
  survey,
  verify,
} from '../../test/sample-reports.ts'
import { plain } from '../ui/paint.ts'
import { renderAccept } from './accept.ts'
import { renderCheck } from './check.ts'
import { renderCopy } from './copy.ts'
import { renderExport } from './export.ts'
import { renderFailure } from './failure.ts'
import { renderPlan } from './plan.ts'
import { renderProvision } from './provision.ts'
import { renderStatus } from './status.ts'
import type { RenderStyle } from './style.ts'
import { renderSurvey } from './survey.ts'
import { renderVerify } from './verify.ts'

const style: Omit<RenderStyle, 'verbose'> = { width: 80, paint: plain, typed: (text) => text }
const renderers: Readonly<Record<string, (rendering: RenderStyle) => string>> = {
  survey: (rendering) => renderSurvey(spoiled(survey), rendering),
  plan: (rendering) => renderPlan(spoiled(plan), rendering),
  provision: (rendering) => renderProvision(spoiled(provision), rendering),
  copy: (rendering) => renderCopy(spoiled(copy), rendering),
  verify: (rendering) => renderVerify(spoiled(verify), rendering),
  export: (rendering) => renderExport(spoiled(exported), rendering),
  status: (rendering) => renderStatus(spoiled(status), true, rendering),
  check: (rendering) => renderCheck(spoiled(check), rendering),
  accept: (rendering) => renderAccept(spoiled(accepted), rendering),
  failure: (rendering) =>
    renderFailure(
      spoiled({
        exitCode: 2 as const,
        code: 'config_invalid',
        message: 'bad',
        remedy: 'mend it',
        problems: [{ file: 'x.yaml', line: 1, column: 2, message: 'unknown key', suggestion: 'imap?' }],
        stack: 'Error: x',
      }),
      rendering,
    ),
}

// Words that steer the renderers stay as they are.
const steering = new Set([
  'schema',
  'at',
  'kind',
  'outcome',
  'severity',
  'source',
  'verdict',
  'state',
  'status',
  'phase',
  'onMailcow',
  'password',
])

/** A copy with a terminal's worst in every string that a server or user could have written. */
function spoiled<Report extends object>(report: Report): Report {
  const copyOfIt = structuredClone(report)
  spoil(copyOfIt)
  return copyOfIt
}

function spoil(target: object): void {
  for (const [key, value] of Object.entries(target) as [string, unknown][])
    if (typeof value === 'object' && value !== null) spoil(value)
    else if (typeof value === 'string' && !steering.has(key))
      Reflect.set(target, key, `\u001b[2J\u009b31m\u0007${value}\r\u202e\u001b]0;x\u0007`)
}

describe('hostile names reach no terminal', () => {
  test.each(Object.keys(renderers))('%s', (name) => {
    for (const width of [40, 80, 120, Number.POSITIVE_INFINITY])
      for (const verbose of [false, true]) {
        const text = renderers[name]?.({ ...style, width, verbose })
        expect(text).toMatch(/^[^\p{Cc}\p{Cf}]*(?:\n[^\p{Cc}\p{Cf}]*)*$/u)
        expect(text).toContain(String.raw`\x1b[2J`)
      }
  })
})
