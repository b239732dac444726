import type { Logger } from '@iteg/migration'
import { visible } from './ui/text.ts'

const secretName = /pass|secret|token|api.?key|authori[sz]ation|credential/i
const longestValue = 300

/** `--verbose`: what the libraries log, one line each, to `write`. Values whose name sounds like a secret are hidden. */
export function lineLogger(write: (line: string) => void): Logger {
  const at = (level: string) => (fields: object, message: string) =>
    write([level.padEnd(5), visible(message), ...pairs(fields)].join(' '))
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function pairs(fields: object): string[] {
  return Object.entries(fields).flatMap(([name, value]: [string, unknown]) =>
    value === undefined ? [] : [`${visible(name)}=${secretName.test(name) ? '[hidden]' : show(value)}`],
  )
}

function show(value: unknown): string {
  const text =
    value instanceof Error
      ? `${value.name}: ${value.message}`
      : typeof value === 'string'
        ? value
        : (JSON.stringify(value, hideSecrets) ?? String(value))
  return visible(text.length > longestValue ? `${text.slice(0, longestValue)}…` : text)
}

function hideSecrets(name: string, value: unknown): unknown {
  if (name !== '' && secretName.test(name)) return '[hidden]'
  return typeof value === 'bigint' ? String(value) : value
}
