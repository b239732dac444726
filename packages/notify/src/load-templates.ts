import type { LoadTemplatesOptions, Templates } from './templates/templates.ts'

/**
 * Reads, compiles and checks all templates: syntax, unknown variables, missing partials. Throws `TemplateError` with
 * everything that is wrong at once.
 */
export async function loadTemplates(options: LoadTemplatesOptions = {}): Promise<Templates> {
  throw new Error(`being built: ${String(options.directory)}`)
}
