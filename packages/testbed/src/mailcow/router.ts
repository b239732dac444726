import { RawBody, RouteNotFound, WriteCall } from './calls.ts'
import type { DoubleContext, Message, Resource, WriteRoute } from './calls.ts'
import { parseJson, phpJson } from './php-json.ts'
import {
  isEmpty,
  isRecord,
  PhpCrash,
  toList,
  toRecord,
  type JsonRecord,
  type JsonValue,
} from './php-values.ts'
import { resources } from './resources/index.ts'

/** A request after the web server has split it up. */
export interface ApiRequest {
  readonly method: string
  /** The parts of `query`: action, category, object, extra. */
  readonly parts: readonly string[]
  readonly parameters: URLSearchParams
  readonly contentType: string
  readonly body: string
  /** As it came. */
  readonly uri: string
  readonly remote: string
}

export interface ApiAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** What the caller may do: nothing without a key, reading with the read-only key. */
export type Access = 'rw' | 'ro' | undefined

export const JSON_TYPE = 'application/json'
export const HTML_TYPE = 'text/html; charset=utf-8'

/**
 * mailcow's `json_api.php`: the envelope, the same for every resource. `messages` is the session's list: entries of a
 * call that crashed are still in it when the next call of the same session answers.
 */
export async function answerApi(
  context: DoubleContext,
  request: ApiRequest,
  access: Access,
  messages: Message[],
): Promise<ApiAnswer> {
  const [action = ''] = request.parts
  const isJson = request.contentType.includes(JSON_TYPE)
  const decoded = isJson ? parseJson(request.body) : undefined
  if (isJson && action !== 'get' && isEmptyJson(decoded)) {
    return error(400, "Request body doesn't contain valid json!")
  }
  const posted = postFields(request, action, decoded)
  logCall(context, request, posted)
  try {
    switch (action) {
      case 'get':
        return await answerGet(context, request, access)
      case 'add':
      case 'edit':
      case 'delete':
        return await answerWrite(context, request, { action, access, posted, messages })
      case 'search':
        return await answerSearch(context, request, access, decoded)
      default:
        return notFound()
    }
  } catch (problem) {
    if (problem instanceof RouteNotFound) return notFound()
    if (!(problem instanceof PhpCrash)) throw problem
    messages.push({
      type: 'danger',
      log: ['exception_handler'],
      msg: `An unknown error occured: ${problem.message}`,
    })
    return { status: 200, contentType: JSON_TYPE, body: '' }
  }
}

async function answerGet(context: DoubleContext, request: ApiRequest, access: Access): Promise<ApiAnswer> {
  if (request.method !== 'GET') return error(405, 'only GET method is allowed')
  // Without a session the code runs past the routes and prints nothing.
  if (access === undefined) return ok('')
  const [, category = '', object, extra] = request.parts
  const route = find(category, object, (resource) => resource.get)
  if (route === undefined) return notFound()
  const tags = request.parameters.get('tags') ?? ''
  const value = await route({
    context,
    state: context.state,
    object,
    extra,
    tags: tags === '' ? undefined : tags.split(','),
  })
  if (value instanceof RawBody) return ok(value.text)
  return ok(isEmpty(value) ? '{}' : phpJson(value, { pretty: true, unescapedUnicode: true }))
}

type Posted = Readonly<Partial<Record<'attr' | 'items', JsonValue>>>

async function answerWrite(
  context: DoubleContext,
  request: ApiRequest,
  input: { action: 'add' | 'edit' | 'delete'; access: Access; posted: Posted; messages: Message[] },
): Promise<ApiAnswer> {
  const { action, access, posted, messages } = input
  if (access === 'ro' || (access === undefined && action !== 'add')) {
    return error(403, 'API read/write access denied')
  }
  const needed = action === 'delete' ? 'items' : 'attr'
  if (!(needed in posted)) return error(200, 'Cannot find attributes in post data')
  if (request.method !== 'POST') return error(405, 'only POST method is allowed')
  const [, category = '', object, extra] = request.parts
  const route = find(category, object, (resource) => resource[action])
  if (route === undefined) return notFound()
  const call = new WriteCall(context, route, { ...arrange(route, { action, posted, extra }), messages })
  if (access === undefined) call.danger('access_denied')
  else {
    const printed = await route.run(call)
    if (printed instanceof RawBody) {
      messages.length = 0
      return ok(printed.text)
    }
  }
  const body = phpJson(
    messages.length === 0
      ? { type: 'success', msg: 'Task completed' }
      : messages.map(({ type, log, msg }) => ({ type, log, msg })),
  )
  messages.length = 0
  return ok(body)
}

/** `array_merge(array('domain' => $items), $attr)`, and the same thing as the log shows it. */
function arrange(
  route: WriteRoute,
  input: { action: 'add' | 'edit' | 'delete'; posted: Posted; extra: string | undefined },
): { data: JsonRecord; logged: JsonValue } {
  const { action, posted } = input
  if (action === 'add') {
    const { csrf_token: _token, ...data } = toRecord(posted.attr)
    return { data, logged: Array.isArray(posted.attr) ? posted.attr : data }
  }
  const { csrf_token: _token, ...attr } = action === 'edit' ? toRecord(posted.attr) : {}
  if (route.items === undefined) return { data: attr, logged: attr }
  const items = 'items' in posted ? asArray(posted.items) : null
  const extra = route.extra === undefined ? {} : { [route.extra]: input.extra ?? null }
  const data = { [route.items]: items, ...extra, ...attr }
  return { data, logged: data }
}

/** Items keep their keys: `{"items": [...]}` sent to delete/* is a list whose only element is a list. */
function asArray(items: JsonValue | undefined): JsonValue {
  return isRecord(items) ? items : toList(items)
}

async function answerSearch(
  context: DoubleContext,
  request: ApiRequest,
  access: Access,
  decoded: JsonValue | undefined,
): Promise<ApiAnswer> {
  if (request.method !== 'POST') return error(405, 'only POST method is allowed')
  const [, category = ''] = request.parts
  const route = find(category, undefined, (resource) => resource.search)
  if (route === undefined) return error(404, 'Invalid search category')
  if (access === undefined) return error(403, 'Insufficient permissions')
  const found = await route(context, toRecord(decoded))
  return ok(phpJson(found, { pretty: true, unescapedUnicode: true }))
}

/** `domain/template` is a route of its own; `domain/anything-else` is `domain`. */
function find<Route>(
  category: string,
  object: string | undefined,
  routesOf: (resource: Resource) => Readonly<Record<string, Route>> | undefined,
): Route | undefined {
  for (const name of [`${category}/${object ?? ''}`, category]) {
    for (const resource of resources) {
      const routes = routesOf(resource)
      if (routes !== undefined && Object.hasOwn(routes, name)) return routes[name]
    }
  }
  return undefined
}

/** Which of `attr` and `items` PHP finds in its POST fields, from JSON or from a form. */
function postFields(request: ApiRequest, action: string, decoded: JsonValue | undefined): Posted {
  if (decoded !== undefined) {
    if (action === 'add') return { attr: decoded }
    if (action === 'delete') return { items: decoded }
    // A list has no key "attr": null, which is an empty array later on. A scalar is a TypeError.
    if (action === 'edit' && typeof decoded === 'object') {
      const { attr = null, items = null } = isRecord(decoded) ? decoded : {}
      return { attr, items }
    }
    return {}
  }
  if (request.method !== 'POST' || !request.contentType.includes('application/x-www-form-urlencoded'))
    return {}
  const form = new URLSearchParams(request.body)
  const fields: Partial<Record<'attr' | 'items', JsonValue>> = {}
  for (const name of ['attr', 'items'] as const) {
    const value = form.get(name)
    if (value !== null) fields[name] = parseJson(value) ?? null
  }
  return fields
}

/** What `get/logs/api` shows; mailcow keeps 9999 lines. */
const LOG_LINES = 9999

function logCall({ state, now }: DoubleContext, request: ApiRequest, posted: Posted): void {
  const data = Object.entries(posted).map(([name, value]) => `${name}='${logged(value)}'`)
  const { uri, method, remote } = request
  state.apiLog.push({ time: Math.floor(now().getTime() / 1000), uri, method, remote, data: data.join(', ') })
  if (state.apiLog.length > LOG_LINES) state.apiLog.shift()
}

/** Only the outermost names are looked at for passwords. */
function logged(value: JsonValue | undefined): string {
  if (value === undefined || isEmpty(value)) return ''
  if (!isRecord(value)) return phpJson(value)
  const entries = Object.entries(value).map(
    ([name, inner]) => [name, /pass/i.test(name) ? '*' : inner] as const,
  )
  return phpJson(Object.fromEntries(entries))
}

function isEmptyJson(value: JsonValue | undefined): boolean {
  return value === undefined || value === null
}

function ok(body: string): ApiAnswer {
  return { status: 200, contentType: JSON_TYPE, body }
}

function error(status: number, msg: string): ApiAnswer {
  return { status, contentType: JSON_TYPE, body: phpJson({ type: 'error', msg }) }
}

function notFound(): ApiAnswer {
  return error(404, 'route not found')
}
