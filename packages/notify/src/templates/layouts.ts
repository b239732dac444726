import type { RecordShape } from '../data/shape.ts'

const provider = { name: 'text', email: 'text', phone: 'text?' } as const
const frame = { language: 'text', subject: 'text', content: 'text' } as const

/** The HTML around a text, and what it may use; values are escaped for HTML, `content` is what the renderer made. */
export const layoutShapes = {
  'layout.html': { ...frame, provider },
  'letter.html': { ...frame, provider, date: 'date', recipient: ['text'] },
  'site.html': {
    language: 'text',
    content: 'text',
    title: 'text',
    description: 'text',
    skip: 'text',
    menu: 'text',
    provider,
    sections: [{ id: 'text', title: 'text' }],
    languages: [{ code: 'text', name: 'text', href: 'text', current: 'boolean' }],
  },
} as const satisfies Readonly<Record<string, RecordShape>>

export type LayoutName = keyof typeof layoutShapes

export const layoutNames: readonly LayoutName[] = ['layout.html', 'letter.html', 'site.html']

/** The front matter of `site.md`. */
export const siteKeys = ['title', 'description', 'language', 'skip', 'menu', 'picture'] as const
export type SiteKey = (typeof siteKeys)[number]
