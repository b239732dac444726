import { createHash } from 'node:crypto'
import path from 'node:path'
import type { Template } from 'liquidjs'
import { noticeKinds, type NoticeKind } from '../data/kinds.ts'
import type { RecordShape } from '../data/shape.ts'
import { givenShape, noticeShapes, siteShape } from '../data/shapes.ts'
import type { TemplateProblem } from '../errors.ts'
import { reservedCharacters } from '../markdown/values.ts'
import { checkVariables } from './check-variables.ts'
import { closest } from './closest.ts'
import { Engine, tagNames } from './engine.ts'
import { splitFrontMatter } from './front-matter.ts'
import { layoutNames, layoutShapes, siteKeys } from './layouts.ts'
import { type KnownNames, problemOf } from './problems.ts'
import type { Source } from './sources.ts'
import type { Compiled, LanguageTemplates } from './template-set.ts'

const languageTag = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/u
const partialPath = /^partials\/([\w-]+)\.md$/u

/** Compiles everything that is there, and collects everything that is wrong. */
export function compileAll(
  sources: ReadonlyMap<string, Source>,
  problems: TemplateProblem[],
): LanguageTemplates[] {
  const languages = new Map<string, Map<string, Source>>()
  const layouts = new Map<string, Source>()
  for (const [relative, source] of sources) {
    const refuse = (message: string, suggestion?: string): void => {
      problems.push({ file: source.file, line: 1, column: 1, message, ...(suggestion && { suggestion }) })
    }
    const reserved = reservedCharacters.exec(source.text)
    if (reserved !== null) refuse('the file has private-use characters (U+E000, U+E001)')
    const [language = '', ...rest] = relative.split('/')
    const inside = rest.join('/')
    if (rest.length === 0) {
      if (layoutNames.some((name) => name === relative)) layouts.set(relative, source)
      else refuse(`${relative} is no layout`, closest(relative, layoutNames) ?? 'texts lie in de/, en/, …')
      continue
    }
    if (!languageTag.test(language)) {
      refuse(`${language} is no language`, 'folders are called de, en, fr, …')
      continue
    }
    const known = ['site.md', ...noticeKinds.map((kind) => `${kind}.md`)]
    if (!known.includes(inside) && !partialPath.test(inside)) {
      refuse(`${inside} is no kind of notice`, closest(inside, known) ?? `there is: ${known.join(', ')}`)
      continue
    }
    const files = languages.get(language) ?? new Map<string, Source>()
    files.set(inside, source)
    languages.set(language, files)
  }
  return [...languages].map(([language, files]) => compileLanguage({ language, files, layouts, problems }))
}

interface LanguageSources {
  readonly language: string
  readonly files: ReadonlyMap<string, Source>
  readonly layouts: ReadonlyMap<string, Source>
  readonly problems: TemplateProblem[]
}

function compileLanguage({ language, files, layouts, problems }: LanguageSources): LanguageTemplates {
  const partials = new Map<string, Source>()
  for (const [relative, source] of files) {
    const [, name] = partialPath.exec(relative) ?? []
    if (name !== undefined) partials.set(name, source)
  }
  const engine = new Engine(language, new Map([...partials].map(([name, { text }]) => [name, text])))
  const names: KnownNames = {
    tags: tagNames,
    filters: engine.filterNames,
    variables: [...new Set(Object.values(noticeShapes).flatMap((shape) => Object.keys(shape)))],
    partials: [...partials.keys()],
    fileOf: (name) => partials.get(name)?.file ?? name,
  }
  const compile = (source: Source, shape: RecordShape, keys: readonly string[]): Compiled | undefined =>
    compileText({ source, shape, keys, engine, names, partials, problems })
  const notices = new Map<NoticeKind, Compiled>()
  for (const kind of noticeKinds) {
    const source = files.get(`${kind}.md`)
    const compiled = source && compile(source, { ...noticeShapes[kind], ...givenShape }, ['subject'])
    if (compiled !== undefined) notices.set(kind, compiled)
  }
  const site = files.get('site.md')
  return {
    language,
    engine,
    names,
    notices,
    site: site && compile(site, { ...siteShape, ...givenShape }, siteKeys),
    layouts: new Map(
      layoutNames.flatMap((name) => {
        const source = layouts.get(name)
        const compiled = source && compile(source, layoutShapes[name], [])
        return compiled === undefined ? [] : [[name, compiled] as const]
      }),
    ),
  }
}

interface TextSources {
  readonly source: Source
  readonly shape: RecordShape
  /** Of the front matter; none: the file has none. */
  readonly keys: readonly string[]
  readonly engine: Engine
  readonly names: KnownNames
  readonly partials: ReadonlyMap<string, Source>
  readonly problems: TemplateProblem[]
}

function compileText({
  source,
  shape,
  keys,
  engine,
  names,
  partials,
  problems,
}: TextSources): Compiled | undefined {
  const before = problems.length
  const { file } = source
  const parse = (text: string): Template[] => {
    try {
      return engine.parse(text, file)
    } catch (error) {
      const problem = problemOf(error, names, file)
      if (problem === undefined) throw error
      problems.push(problem)
      return []
    }
  }
  const front = keys.length === 0 ? undefined : splitFrontMatter(source, keys, problems)
  const body = parse(front?.body ?? source.text)
  const fields = new Map([...(front?.fields ?? [])].map(([key, { padded }]) => [key, parse(padded)]))
  const included = new Set<string>()
  try {
    const check = { problems, partials: included, fileOf: names.fileOf }
    for (const template of [body, ...fields.values()]) checkVariables(template, shape, check)
  } catch (error) {
    // a partial that is not there, or cannot be parsed
    const problem = problemOf(error, names, file) ?? missingPartial(error, body, names, file)
    if (problem === undefined) throw error
    problems.push(problem)
  }
  if (problems.length > before) return undefined
  const used = [...included].toSorted().flatMap((name) => partials.get(name) ?? [])
  const sources = [source, ...used]
  return { file, body, fields, sources, version: versionOf(sources) }
}

/** Outside of a rendering Liquid does not say where the `include` stands. */
function missingPartial(
  error: unknown,
  body: readonly Template[],
  names: KnownNames,
  file: string,
): TemplateProblem | undefined {
  const [, name] = /Failed to lookup "(.*?)"/u.exec(error instanceof Error ? error.message : '') ?? []
  if (name === undefined) return undefined
  const text = body[0]?.token.input ?? ''
  const quoted = Math.max(text.indexOf(`'${name}'`), text.indexOf(`"${name}"`), 0)
  const before = text.slice(0, quoted).split('\n')
  const suggestion = closest(name, names.partials)
  return {
    file,
    line: before.length,
    column: (before.at(-1) ?? '').length + 1,
    message: `there is no ${path.posix.join('partials', `${name}.md`)}`,
    ...(suggestion !== undefined && { suggestion }),
  }
}

/** Where a text came from changes nothing: the same words are the same version. */
function versionOf(sources: readonly Source[]): string {
  const hash = createHash('sha256')
  for (const { text } of sources) hash.update(`${Buffer.byteLength(text)}\n`).update(text)
  return `sha256:${hash.digest('hex').slice(0, 16)}`
}
