import { once } from 'node:events'
import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { type AccessRules, decideAccess } from './access.ts'
import { script } from './assets/script.ts'
import { style } from './assets/style.ts'
import type { ChangeFeed } from './change-feed.ts'
import type { PageData } from './page-data.ts'
import { domainPage } from './pages/domain-page.ts'
import { messagePage } from './pages/message-page.ts'
import { overviewPage } from './pages/overview-page.ts'

export interface StatusAppOptions {
  readonly data: PageData
  readonly feed: ChangeFeed
  readonly access: AccessRules
  /** Ends the streams. */
  readonly signal: AbortSignal
  /** What went wrong, for the log; the page says no more than that something did. */
  readonly onError: (error: unknown) => void
}

/** Each is a connection that stays open. */
const MOST_STREAMS = 64

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
}

/** The status page as a function of requests: nothing here opens a port. */
export function statusApp({ data, feed, access, signal, onError }: StatusAppOptions): Hono {
  const app = new Hono()

  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(HEADERS)) context.header(name, value)
    const decision = decideAccess(
      {
        method: context.req.method,
        host: context.req.header('host'),
        authorization: context.req.header('authorization'),
        cookie: context.req.header('cookie'),
        token: context.req.query('token'),
        fetchSite: context.req.header('sec-fetch-site'),
        fetchMode: context.req.header('sec-fetch-mode'),
      },
      access,
    )
    switch (decision.kind) {
      case 'allow':
        return next()
      case 'welcome':
        context.header('set-cookie', decision.cookie)
        return context.redirect(context.req.path, 303)
      case 'refuse':
        return say(context, decision.status, decision.message)
      default:
        return decision satisfies never
    }
  })

  app.get('/', async (context) => context.html(await overviewPage(await data.status())))
  app.get('/domains/:domain', async (context) => {
    const details = await data.domain(context.req.param('domain'))
    return details === undefined
      ? say(context, 404, 'This domain is neither in the ledger nor in the configuration.')
      : context.html(await domainPage(details))
  })
  app.get('/api/status.json', async (context) => context.json(await data.status()))
  app.get('/api/domains/:domain', async (context) => {
    const details = await data.domain(context.req.param('domain').replace(/\.json$/, ''))
    return details === undefined ? context.json({ error: 'unknown domain' }, 404) : context.json(details)
  })
  app.get('/events', (context) => {
    if (feed.listeners >= MOST_STREAMS) return say(context, 503, 'Too many pages are open.')
    return streamSSE(context, async (stream) => {
      const ending = new AbortController()
      const stop = () => ending.abort()
      stream.onAbort(stop)
      const ended = AbortSignal.any([signal, ending.signal])
      using listening = feed.listen(() => {
        stream.writeSSE({ event: 'changed', data: '' }).catch(stop)
      })
      await stream.writeSSE({ event: 'hello', data: '', retry: 3000 })
      if (!ended.aborted) await once(ended, 'abort')
      listening[Symbol.dispose]()
    })
  })
  app.get('/style.css', (context) => context.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }))
  app.get('/script.js', (context) =>
    context.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' }),
  )
  app.notFound((context) => say(context, 404, 'There is no such page.'))
  app.onError((error, context) => {
    onError(error)
    return say(context, 500, 'The ledger could not be read; mailmove status says why.')
  })
  return app
}

async function say(context: Context, status: 401 | 403 | 404 | 405 | 421 | 500 | 503, message: string) {
  for (const [name, value] of Object.entries(HEADERS)) context.header(name, value)
  return context.html(await messagePage(message), status)
}
