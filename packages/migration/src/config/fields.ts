import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { parseDuration } from './durations.ts'
import { parseFingerprint, parseHost } from './hosts.ts'
import type { Parsed } from './parsed.ts'
import type { Secret } from './secret.ts'
import { parseDatabaseUrl, parsePrivateKey, parseSecret, type ReferenceContext } from './secret-references.ts'
import { parseSize } from './sizes.ts'

/** A certificate chain is not longer. */
const maxCaBytes = 1024 * 1024

/** Makes a value of a text, or a problem of the schema with its suggestion. */
export function deliver<Value>(parsed: Parsed<Value>, context: z.RefinementCtx): Value {
  if ('value' in parsed) return parsed.value
  context.issues.push({
    code: 'custom',
    message: parsed.problem,
    input: undefined,
    params: parsed.suggestion === undefined ? {} : { suggestion: parsed.suggestion },
  })
  return z.NEVER
}

/** A text that `parse` understands. */
export function text<Value>(parse: (text: string) => Parsed<Value>, description: string) {
  return z
    .string()
    .transform((value, context) => deliver(parse(value), context))
    .meta({ description })
}

export function host(description: string) {
  return text(parseHost, description)
}

export function port(usual: number) {
  return z
    .int()
    .min(1)
    .max(65_535)
    .prefault(usual)
    .meta({ description: `TCP port, usually ${usual}` })
}

/** Bytes, `20GiB` or a number. */
export function size(description: string, minimum: number) {
  return z
    .union([z.string(), z.int().min(0)])
    .transform((value, context) => {
      const bytes = typeof value === 'number' ? value : deliver(parseSize(value), context)
      if (typeof bytes === 'number' && bytes < minimum)
        return deliver<number>({ problem: `less than ${minimum} bytes` }, context)
      return bytes
    })
    .meta({ description: `${description}; 20GiB, or a number of bytes` })
}

export function duration(description: string) {
  return text(parseDuration, `${description}; 30s, 5m, 2h`)
}

/** Everything in the schema that depends on where the configuration lies and on who reads it. */
export type FieldContext = ReferenceContext

/** `${NAME}` or `file:PATH`. */
export function secret(context: FieldContext, description: string) {
  return text<Secret>(
    (value) => parseSecret(value, context),
    `${description}: \${NAME} of an environment variable, or file:PATH`,
  )
}

/** `file:PATH` of a private key. */
export function privateKey(context: FieldContext, description: string) {
  return text<Secret>(
    (value) => parsePrivateKey(value, context),
    `${description}: file:PATH of an RSA key in PEM form`,
  )
}

export function databaseUrl(context: FieldContext, description: string) {
  return text<Secret>(
    (value) => parseDatabaseUrl(value, context),
    `${description}: \${NAME}, file:PATH, or a URL whose password is \${NAME}`,
  )
}

/** A path of this machine, relative to the configuration. */
export function path(context: FieldContext, description: string) {
  return text((value) => checkPath(context, value), `${description}; relative to this file`)
}

function checkPath({ directory }: FieldContext, value: string): Parsed<string> {
  if (value.trim() === '' || value.includes('\0')) return { problem: 'this is no path' }
  return { value: resolve(directory, value) }
}

/** `file:PATH` or a path. */
export function fileReference(context: FieldContext, description: string) {
  return text(
    (value) => checkPath(context, value.replace(/^file:/u, '')),
    `${description}: file:PATH, relative to this file`,
  )
}

export function tlsOptions(context: FieldContext) {
  return z
    .strictObject({
      ca: certificateAuthority(context).exactOptional(),
      fingerprint: text(
        parseFingerprint,
        'SHA-256 fingerprint of the certificate: this one and no other',
      ).exactOptional(),
      minVersion: z
        .enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'])
        .meta({ description: 'oldest protocol to accept, for servers that know no newer one' })
        .exactOptional(),
    })
    .meta({ description: 'for a server whose certificate this machine does not trust by itself' })
}

export function certificateAuthority(context: FieldContext) {
  return text((value) => readCa(context, value), 'certificate authority to trust: file:PATH of a PEM file')
}

function readCa(context: FieldContext, value: string): Parsed<string> {
  const file = checkPath(context, value.replace(/^file:/u, ''))
  if ('problem' in file) return file
  try {
    const stats = statSync(file.value)
    if (!stats.isFile() || stats.size > maxCaBytes) return { problem: `${file.value} is no PEM file` }
    const pem = readFileSync(file.value, 'utf8')
    return pem.includes('-----BEGIN CERTIFICATE-----')
      ? { value: pem }
      : { problem: `${file.value} holds no certificate`, suggestion: 'it must be in PEM form' }
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    return { problem: missing ? `there is no file ${file.value}` : `${file.value} cannot be read` }
  }
}

const tlsModes = z.enum(['implicit', 'starttls', 'none'])
type TlsMode = z.infer<typeof tlsModes>

const allowInsecure = z
  .boolean()
  .meta({ description: 'true: passwords and mail may cross the network in the clear' })
  .exactOptional()

/** The way TLS usually goes for a service, and its port for each way. */
export interface Usual {
  readonly tls: TlsMode
  readonly ports: Readonly<Record<TlsMode, number>>
}

function serverShape(context: FieldContext, { tls, ports }: Usual) {
  return {
    host: host('name or IP address'),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .meta({ description: `TCP port, usually ${ports[tls]}` })
      .exactOptional(),
    tls: tlsModes
      .prefault(tls)
      .meta({ description: 'implicit, starttls, or none (needs allowInsecure: true)' }),
    allowInsecure,
    tlsOptions: tlsOptions(context).exactOptional(),
  }
}

/** `allowInsecure` has done its work when the rules have seen it. */
function withPort<
  Server extends { readonly tls: TlsMode; readonly port?: number; readonly allowInsecure?: boolean },
>(
  { allowInsecure: _allowInsecure, port: chosen, ...rest }: Server,
  { ports }: Usual,
): Omit<Server, 'allowInsecure' | 'port'> & { readonly port: number } {
  return { ...rest, port: chosen ?? ports[rest.tls] }
}

/** A server of IMAP or ManageSieve. */
export function server(context: FieldContext, what: string, usual: Usual) {
  return z
    .strictObject(serverShape(context, usual))
    .transform((value) => withPort(value, usual))
    .meta({ description: what })
}

/** A server that takes mail from those who have a login, or from this machine. */
export function submission(context: FieldContext, what: string) {
  return z
    .strictObject({
      ...serverShape(context, submissionUsual),
      user: z.string().min(1).meta({ description: 'login name, where one is needed' }).exactOptional(),
      password: secret(context, 'password of user').exactOptional(),
      ratePerSecond: z
        .number()
        .min(0)
        .max(1000)
        .meta({ description: 'mails a second; 0: no limit; by default 5' })
        .exactOptional(),
    })
    .transform((value) => withPort(value, submissionUsual))
    .meta({ description: what })
}

/** A server that takes mail; it offers TLS or not. */
export function smtp(context: FieldContext, what: string) {
  return z
    .strictObject({
      host: host('name or IP address'),
      port: port(25),
      tlsOptions: tlsOptions(context).exactOptional(),
    })
    .meta({ description: what })
}

export function master(context: FieldContext, what: string) {
  return z
    .strictObject({
      user: z.string().min(1).meta({ description: 'name of the master user' }),
      password: secret(context, 'its password'),
      separator: z
        .string()
        .length(1)
        .prefault('*')
        .meta({ description: 'stands between user and master user when logging in' }),
    })
    .meta({ description: what })
}

export const imapUsual: Usual = { tls: 'implicit', ports: { implicit: 993, starttls: 143, none: 143 } }
export const sieveUsual: Usual = { tls: 'starttls', ports: { implicit: 4190, starttls: 4190, none: 4190 } }
const submissionUsual: Usual = { tls: 'starttls', ports: { implicit: 465, starttls: 587, none: 25 } }
