import { z } from 'zod'
import { usageError } from './errors.ts'
import { PROTOCOLS } from './protocol.ts'

const flag = z.boolean()
const number = z.number()
const text = z.string()
const texts = z.array(z.string())
const limit = z
  .strictObject({ value: z.number(), per: z.enum(['second', 'minute', 'hour', 'day']) })
  .nullable()

/** The type of every field of every request; a name means the same wherever it stands. */
const FIELDS = {
  active: flag,
  addTags: texts,
  address: text,
  allowList: texts,
  authSource: z.enum(['mailcow', 'keycloak', 'generic-oidc', 'ldap']),
  backupMx: flag,
  banTimeIncrement: flag,
  banTimeSeconds: number,
  copyTo: text,
  customParameters: text,
  defaultMailboxQuotaBytes: number,
  deleteAtSource: flag,
  deleteAtTarget: flag,
  deleteDuplicatesAtTarget: flag,
  denyList: texts,
  description: text,
  destination: text,
  direction: z.enum(['sent', 'received']),
  dkim: z.union([z.literal(false), z.strictObject({ selector: text, bits: number })]),
  domain: text,
  domains: texts,
  encryption: z.enum(['implicit', 'starttls', 'none']),
  everyMinutes: number,
  exclude: text,
  filterSpam: flag,
  forcePasswordUpdate: flag,
  from: text,
  globalAddressList: flag,
  host: text,
  internal: flag,
  kind: z.enum(['location', 'group', 'thing']),
  list: z.enum(['allow', 'deny']),
  localPart: text,
  mailbox: text,
  manageExternal: flag,
  mapFolders: flag,
  maxAgeDays: number,
  maxAliases: number,
  maxAttempts: number,
  maxBanTimeSeconds: number,
  maxBytesPerSecond: number,
  maxMailboxQuotaBytes: number,
  maxMailboxes: number,
  multipleBookings: number,
  mxBased: flag,
  name: text,
  netbanIpv4: number,
  netbanIpv6: number,
  nexthop: text,
  owner: text,
  parameters: text,
  password: text,
  passwordHash: text,
  permissions: texts,
  policy: text,
  port: number,
  privateComment: text,
  protocols: z.array(z.enum(PROTOCOLS)),
  publicComment: text,
  quotaBytes: number.nullable(),
  rateLimit: limit,
  receiveOnly: z.literal(true),
  recoveryEmail: text,
  relayAllRecipients: flag,
  relayHostId: number.nullable(),
  relayUnknownOnly: flag,
  requireTlsIn: flag,
  requireTlsOut: flag,
  restartSogo: flag,
  retryWindowSeconds: number,
  script: text,
  sender: text,
  senderAcl: texts,
  senderAllowed: flag,
  skipCrossDuplicates: flag,
  sogoAccess: flag,
  sogoVisible: flag,
  subscribeAll: flag,
  tags: texts,
  target: text,
  targetFolder: text,
  targets: z.union([texts, z.enum(['discard', 'learn-spam', 'learn-ham'])]),
  timeoutSourceSeconds: number,
  timeoutTargetSeconds: number,
  to: text,
  type: z.enum(['prefilter', 'postfilter']),
  user: text,
  username: text,
} as const satisfies Readonly<Record<string, z.ZodType>>

type Field = keyof typeof FIELDS

/** Which fields a request may have, checked at run time for callers without types. */
export interface RequestSchema {
  readonly name: string
  readonly fields: ReadonlySet<string>
}

/** The fields of one kind of request. */
export function requestSchema(name: string, fields: readonly Field[]): RequestSchema {
  return { name, fields: new Set(fields) }
}

/**
 * Throws a usage error for a field that the request does not have (mailcow would ignore it with success) or whose value
 * is of another type (mailcow reads "true" as 0). Values are not repeated: they can be secrets.
 */
export function checkRequest(schema: RequestSchema, request: object): void {
  for (const [name, value] of Object.entries(request)) {
    if (value === undefined) continue
    if (!schema.fields.has(name))
      throw usageError(`${schema.name}: there is no field ${JSON.stringify(name)}`)
    const field = new Map<string, z.ZodType>(Object.entries(FIELDS)).get(name)
    const result = field?.safeParse(value)
    if (result?.success === false) {
      const problem = result.error.issues[0]?.message ?? 'is not valid'
      throw usageError(`${schema.name}: ${name}: ${problem}`)
    }
  }
}
