import type { MarkedToken, Tokens } from 'marked'
import { cleanLine, hasRightToLeft } from './clean.ts'
import { escapeHtml } from './escape-html.ts'
import { decodeEntities, onlyOwn } from './lex.ts'
import { linkTarget, readableTarget } from './link.ts'
import { MarkdownRefused } from './refused.ts'
import type { Values } from './values.ts'

/** Elements that a dress may give attributes to. */
export type Dressed =
  | 'h1'
  | 'h2'
  | 'h3'
  | 'p'
  | 'tight'
  | 'a'
  | 'strong'
  | 'ul'
  | 'ol'
  | 'li'
  | 'table'
  | 'th'
  | 'td'
  | 'thright'
  | 'tdright'
  | 'rowhead'
  | 'label'
  | 'code'
  | 'pre'
  | 'blockquote'
  | 'hr'
  | 'button'

export interface HtmlOptions {
  readonly values: Values
  /** Attributes, each with a blank before it: inline styles in mail, nothing on a page with a style sheet. */
  readonly dress: (element: Dressed) => string
  /** On paper nobody can click: the target stands behind the text. */
  readonly showTargets?: boolean | undefined
  /** What stands in place of `![text](slot:NAME)`; absent: pictures are an error. */
  readonly slot?: ((name: string, description: string) => string) | undefined
  /** Told of each heading; returns its id. */
  readonly onHeading?: ((depth: number, text: string) => string) | undefined
}

/** Markdown as HTML. Whatever is not text of the template or a value, escaped, is made here. */
export function markdownToHtml(tokens: readonly MarkedToken[], options: HtmlOptions): string {
  return tokens.map((token) => block(token, options)).join('')
}

function block(token: MarkedToken, options: HtmlOptions): string {
  const { dress } = options
  switch (token.type) {
    case 'heading':
      return heading(token, options)
    case 'paragraph':
      return paragraph(token, options)
    case 'text':
      return token.tokens === undefined ? text(token.text, options) : inline(onlyOwn(token.tokens), options)
    case 'list':
      return list(token, options)
    case 'table':
      return table(token, options)
    case 'code':
      return `<pre${dress('pre')}>${text(token.text, options)}</pre>\n`
    case 'blockquote':
      return `<blockquote${dress('blockquote')}>${markdownToHtml(onlyOwn(token.tokens), options)}</blockquote>\n`
    case 'hr':
      return `<hr${dress('hr')}>\n`
    case 'html':
      return html(token.text)
    case 'space':
    case 'def':
      return ''
    case 'br':
    case 'checkbox':
    case 'codespan':
    case 'del':
    case 'em':
    case 'escape':
    case 'image':
    case 'link':
    case 'list_item':
    case 'strong':
      break
  }
  return inline([token], options)
}

function heading(token: Tokens.Heading, options: HtmlOptions): string {
  const depth = Math.min(token.depth, 3)
  const element = depth === 1 ? 'h1' : depth === 2 ? 'h2' : 'h3'
  const content = inline(onlyOwn(token.tokens), options)
  const plain = options.values.replace(token.text, (value) => cleanLine(value))
  const id = options.onHeading?.(depth, plain)
  const attribute = id === undefined ? '' : ` id="${escapeHtml(id)}"`
  return `<${element}${attribute}${options.dress(element)}>${content}</${element}>\n`
}

function paragraph(token: Tokens.Paragraph, options: HtmlOptions): string {
  const tokens = onlyOwn(token.tokens)
  const [only] = tokens
  // A picture stands for itself; a link in bold that is all of a paragraph is a button.
  if (tokens.length === 1 && only?.type === 'image') return inline(tokens, options)
  if (tokens.length === 1 && only?.type === 'strong' && options.showTargets !== true) {
    const [link] = onlyOwn(only.tokens)
    if (only.tokens.length === 1 && link?.type === 'link')
      return `<p${options.dress('p')}>${anchor(link, options, 'button')}</p>\n`
  }
  return `<p${options.dress('p')}>${inline(tokens, options)}</p>\n`
}

function list(token: Tokens.List, options: HtmlOptions): string {
  const element = token.ordered ? 'ol' : 'ul'
  const start = typeof token.start === 'number' && token.start !== 1 ? ` start="${token.start}"` : ''
  const items = token.items.map(
    (item) => `<li${options.dress('li')}>${markdownToHtml(onlyOwn(item.tokens), options)}</li>\n`,
  )
  return `<${element}${start}${options.dress(element)}>\n${items.join('')}</${element}>\n`
}

function table(token: Tokens.Table, options: HtmlOptions): string {
  const { dress, values } = options
  const titles = token.header.map((cell) => inline(onlyOwn(cell.tokens), options))
  const right = (index: number): boolean => token.align[index] === 'right'
  const head = titles.map((title, index) => {
    const dressed = dress(right(index) ? 'thright' : 'th')
    return title === '' ? `<td${dressed}></td>` : `<th scope="col"${dressed}>${title}</th>`
  })
  const rows = token.rows.map((row) => {
    const cells = row.map((cell, index) => {
      const content = inline(onlyOwn(cell.tokens), options)
      if (index === 0) return `<th scope="row"${dress('rowhead')}>${content}</th>`
      // On a narrow screen cells stand below each other; then their column's title is shown again.
      const title = titles[index] ?? ''
      const label = title === '' ? '' : `<span aria-hidden="true"${dress('label')}>${title}: </span>`
      return `<td${dress(right(index) ? 'tdright' : 'td')}>${label}${content}</td>`
    })
    return `<tr>${cells.join('')}</tr>\n`
  })
  const titled = token.header.some((cell) => values.replace(cell.text, (value) => value).trim() !== '')
  const thead = titled ? `<thead><tr>${head.join('')}</tr></thead>\n` : ''
  return `<table${dress('table')}>\n${thead}<tbody>\n${rows.join('')}</tbody></table>\n`
}

function inline(tokens: readonly MarkedToken[], options: HtmlOptions): string {
  return tokens.map((token) => inlineToken(token, options)).join('')
}

function inlineToken(token: MarkedToken, options: HtmlOptions): string {
  switch (token.type) {
    case 'text':
      return token.tokens === undefined ? text(token.text, options) : inline(onlyOwn(token.tokens), options)
    case 'escape':
      return escapeHtml(token.text)
    case 'strong':
      return `<strong${options.dress('strong')}>${inline(onlyOwn(token.tokens), options)}</strong>`
    case 'em':
      return `<em>${inline(onlyOwn(token.tokens), options)}</em>`
    case 'del':
      return `<del>${inline(onlyOwn(token.tokens), options)}</del>`
    case 'codespan':
      return `<code${options.dress('code')}>${text(token.text, options)}</code>`
    case 'br':
      return '<br>'
    case 'link':
      return anchor(token, options, 'a')
    case 'image':
      return image(token, options)
    case 'html':
      return html(token.text)
    case 'blockquote':
    case 'checkbox':
    case 'code':
    case 'def':
    case 'heading':
    case 'hr':
    case 'list':
    case 'list_item':
    case 'paragraph':
    case 'space':
    case 'table':
      break
  }
  return text(token.raw, options)
}

function anchor(token: Tokens.Link, options: HtmlOptions, element: 'a' | 'button'): string {
  const content = inline(onlyOwn(token.tokens), options)
  if (token.href.startsWith('#'))
    return `<a href="${escapeHtml(token.href)}"${options.dress('a')}>${content}</a>`
  const target = linkTarget(token.href, options.values)
  if (target === undefined) return content
  const shown = escapeHtml(readableTarget(target))
  const behind = options.showTargets === true && content !== shown ? ` (${shown})` : ''
  return `<a href="${escapeHtml(target)}"${options.dress(element)}>${content}</a>${behind}`
}

function image(token: Tokens.Image, options: HtmlOptions): string {
  const [, name] = /^slot:([\w-]+)$/u.exec(token.href) ?? []
  if (options.slot === undefined || name === undefined)
    throw new MarkdownRefused(
      token.raw,
      options.slot === undefined
        ? 'notices have no pictures: nothing remote, nothing that is blocked'
        : 'pictures of the page are written ![what it shows](slot:NAME)',
    )
  return options.slot(
    name,
    options.values.replace(token.text, (value) => cleanLine(value)),
  )
}

/** Comments are for those who edit the text. */
function html(source: string): string {
  if (/^\s*<!--.*-->\s*$/su.test(source)) return ''
  throw new MarkdownRefused(
    source,
    `${cleanLine(source.trim(), 40)} is HTML; write Markdown, or \\< for the sign`,
  )
}

function text(source: string, { values }: HtmlOptions): string {
  return values.replace(source, valueToHtml, (part) => escapeHtml(decodeEntities(part)))
}

/** A value as text of HTML. */
function valueToHtml(value: string): string {
  const line = escapeHtml(cleanLine(value))
  return hasRightToLeft(line) ? `<bdi>${line}</bdi>` : line
}
