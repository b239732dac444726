import { createPrivateKey } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Parsed } from './parsed.ts'
import { Secret } from './secret.ts'

/** What a reference is looked up in. */
export interface ReferenceContext {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder of the configuration: what relative paths are relative to. */
  readonly directory: string
  readonly mode: 'now' | 'later'
  readonly warn: (warning: string) => void
}

/** A password is not longer; a larger file is the wrong one. */
const maxSecretBytes = 64 * 1024

const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/gu

/** Reads `${NAME}` or `file:PATH`. Anything else would be a secret in plain sight, and is never repeated in a message. */
export function parseSecret(text: string, context: ReferenceContext): Parsed<Secret> {
  const [, name] = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/u.exec(text.trim()) ?? []
  if (name !== undefined) return secretOf(text.trim(), () => fromEnvironment(name, context), context)
  const [, path] = /^file:(.+)$/u.exec(text.trim()) ?? []
  if (path !== undefined) return secretOf(text.trim(), () => fromFile(path, context), context)
  return {
    problem: 'a secret must not stand in this file',
    suggestion: 'write ${NAME} and set that environment variable, or file:PATH',
  }
}

/** Reads `file:PATH` of an RSA private key in PEM form without a pass phrase, as DKIM programs write it. */
export function parsePrivateKey(text: string, context: ReferenceContext): Parsed<Secret> {
  const reference = text.trim()
  const [, path] = /^file:(.+)$/u.exec(reference) ?? []
  if (path === undefined)
    return { problem: 'a private key must not stand in this file', suggestion: 'write file:PATH' }
  return secretOf(reference, () => checkPrivateKey(readSecretFile(path, context)), context)
}

function checkPrivateKey(pem: Parsed<string>): Parsed<string> {
  if ('problem' in pem) return pem
  const suggestion = 'an RSA key in PEM form, without a pass phrase, is needed'
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem.value)
    const bits = asymmetricKeyDetails?.modulusLength ?? 0
    if (asymmetricKeyType === 'rsa' && bits >= 1024 && bits <= 4096) return pem
    return {
      problem: asymmetricKeyType === 'rsa' ? `this key has ${bits} bits` : 'this is no RSA key',
      suggestion: 'mailcow takes RSA keys of 1024 to 4096 bits',
    }
  } catch {
    return { problem: 'this is no private key', suggestion }
  }
}

/**
 * Reads the URL of a database: a reference, or a URL with references in it (`mysql://mailmove:${PASSWORD}@host/db`), or a plain
 * one as long as it holds no password.
 */
export function parseDatabaseUrl(text: string, context: ReferenceContext): Parsed<Secret> {
  const trimmed = text.trim()
  if (trimmed.startsWith('file:') || /^\$\{[^}]*\}$/u.test(trimmed)) {
    const secret = parseSecret(trimmed, context)
    return 'problem' in secret || context.mode === 'later' ? secret : checkScheme(secret.value)
  }
  if (!trimmed.includes('${')) {
    if (/^[a-z]+:\/\/[^/@]*:[^/@]+@/iu.test(trimmed))
      return {
        problem: 'a password must not stand in this file',
        suggestion: 'write ${NAME} in its place and set that environment variable',
      }
    const path = /^sqlite:(?!\/)(.+)$/u.exec(trimmed)?.[1]
    const url = path === undefined ? trimmed : `sqlite:${resolve(context.directory, path)}`
    return checkScheme(new Secret('a URL', () => url))
  }
  const open = (): Parsed<string> => {
    let problem: Parsed<string> | undefined
    const value = trimmed.replace(variable, (_, name: string) => {
      const part = fromEnvironment(name, context)
      if ('value' in part) return encodeURIComponent(part.value)
      problem ??= part
      return ''
    })
    return problem ?? { value }
  }
  const reference = trimmed.match(variable)?.join(' ') ?? 'a URL'
  const secret = secretOf(reference, open, context)
  return 'problem' in secret || context.mode === 'later' ? secret : checkScheme(secret.value)
}

function checkScheme(url: Secret): Parsed<Secret> {
  if (/^(?:mysql:\/\/|mariadb:\/\/|postgres:\/\/|postgresql:\/\/|sqlite:)./u.test(url.reveal()))
    return { value: url }
  return { problem: 'this is no database URL', suggestion: 'begin with mysql://, postgres:// or sqlite:' }
}

function secretOf(reference: string, open: () => Parsed<string>, context: ReferenceContext): Parsed<Secret> {
  if (context.mode === 'later')
    return {
      value: new Secret(reference, () => {
        const opened = open()
        if ('value' in opened) return opened.value
        throw new Error(`${reference}: ${opened.problem}`)
      }),
    }
  const opened = open()
  if ('problem' in opened) return opened
  return { value: new Secret(reference, () => opened.value) }
}

function fromEnvironment(name: string, { env }: ReferenceContext): Parsed<string> {
  // Own properties only: `${constructor}` is no environment variable.
  const value = Object.hasOwn(env, name) ? env[name] : undefined
  if (value === undefined)
    return {
      problem: `the environment variable ${name} is not set`,
      suggestion: `export ${name}=... before you start`,
    }
  return checkSecret(value, `the environment variable ${name}`)
}

function fromFile(path: string, context: ReferenceContext): Parsed<string> {
  const content = readSecretFile(path, context)
  if ('problem' in content) return content
  return checkSecret(content.value.replace(/\r?\n$/u, ''), resolve(context.directory, path))
}

function readSecretFile(path: string, { directory, warn }: ReferenceContext): Parsed<string> {
  const file = resolve(directory, path)
  try {
    const stats = statSync(file)
    if (!stats.isFile()) return { problem: `${file} is not a file` }
    if (stats.size > maxSecretBytes) return { problem: `${file} is too large for a secret` }
    if ((stats.mode & 0o044) !== 0) warn(`${file} can be read by other users: chmod 600 it`)
    return { value: readFileSync(file, 'utf8') }
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    return { problem: missing ? `there is no file ${file}` : `${file} cannot be read` }
  }
}

function checkSecret(value: string, where: string): Parsed<string> {
  if (value === '') return { problem: `${where} is empty` }
  // It would end a line of a protocol.
  if (/[\0\r\n]/u.test(value)) return { problem: `${where} holds more than one line` }
  return { value }
}
