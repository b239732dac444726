import type { Dressed } from '../markdown/html.ts'

const head = 'vertical-align:bottom;padding:6px 10px 6px 0;border-bottom:2px solid #9aa8b5;font-weight:700'
const cell =
  'vertical-align:top;padding:7px 10px 7px 0;border-bottom:1px solid #d5dce3;overflow-wrap:anywhere'

// Mail programs drop style sheets, or parts of them: every element carries its own style. The classes are for the
// layout's style sheet, which adds the dark colours and the narrow screen where it is understood.
const styles: Readonly<Record<Dressed, string>> = {
  h1: 'margin:0 0 16px;font-size:24px;line-height:1.25;font-weight:700;color:#14202b',
  h2: 'margin:32px 0 8px;font-size:18px;line-height:1.3;font-weight:700;color:#14202b',
  h3: 'margin:20px 0 4px;font-size:16px;line-height:1.4;font-weight:700;color:#14202b',
  p: 'margin:0 0 12px',
  tight: 'margin:0',
  a: 'color:#0b5394;text-decoration:underline',
  strong: 'font-weight:700',
  ul: 'margin:0 0 12px;padding:0 0 0 22px',
  ol: 'margin:0 0 12px;padding:0 0 0 24px',
  li: 'margin:0 0 8px',
  table: 'width:100%;border-collapse:collapse;margin:0 0 16px;font-size:15px;line-height:1.45',
  th: `text-align:left;${head}`,
  thright: `text-align:right;${head}`,
  td: cell,
  tdright: `text-align:right;min-width:60px;${cell}`,
  rowhead: `text-align:left;min-width:115px;font-weight:600;${cell}`,
  label: 'display:none;mso-hide:all',
  code: 'font-family:Consolas,Menlo,monospace;font-size:0.95em;overflow-wrap:anywhere',
  pre: 'margin:0 0 12px;padding:12px 16px;background:#f1f4f7;border:1px solid #d5dce3;border-radius:6px;font-family:Consolas,Menlo,monospace;font-size:19px;line-height:1.4;white-space:pre-wrap;overflow-wrap:anywhere;color:#14202b',
  blockquote:
    'margin:0 0 16px;padding:12px 16px 1px;background:#fff6df;border-left:4px solid #d99a00;color:#14202b',
  hr: 'border:0;border-top:1px solid #d5dce3;margin:24px 0',
  button:
    'display:inline-block;padding:11px 20px;background:#0b5394;border-radius:6px;color:#ffffff;font-weight:700;text-decoration:none',
}

/** Attributes of an element in a mail: its style, and a class for the layout. */
export function mailDress(element: Dressed): string {
  return ` class="n-${element.replace('right', '')}" style="${styles[element]}"`
}
