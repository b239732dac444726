// Writes ../mailmove.schema.json anew: `npm run schema -w packages/migration`.
import { writeFile } from 'node:fs/promises'
import { configJsonSchema } from '../src/config/index.ts'

await writeFile(
  new URL('../mailmove.schema.json', import.meta.url),
  `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`,
)
