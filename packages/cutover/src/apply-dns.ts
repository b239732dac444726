import { CutoverError } from './errors.ts'
import type { DnsPlan } from './plan-dns.ts'
import { formatServer, type DnsServer } from './server.ts'
import { exchange, type ExchangeOptions } from './wire/exchange.ts'
import { checkSignature, isSigned, sign, type TsigKey } from './wire/tsig.ts'
import { encodeUpdate } from './wire/update.ts'

/** RCODEs of RFC 1035 §4.1.1 and RFC 2136 §2.2. */
const NOERROR = 0
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [1, 'it could not read the update'],
  [2, 'it failed'],
  [4, 'it does not know updates'],
  [5, 'the key may not change this'],
  [9, 'it is not the primary server of the zone, or the key is not accepted there'],
  [10, 'a name lies outside the zone'],
])
/** YXDOMAIN, YXRRSET, NXRRSET, NXDOMAIN: a prerequisite does not hold. */
const UNMET: ReadonlySet<number> = new Set([3, 6, 7, 8])

/**
 * Sends all changes of a plan in one signed update (RFC 2136, RFC 8945): all or nothing, and only if every set that
 * changes still is as it was read. An empty plan sends nothing. Read the records again afterwards.
 * @throws {CutoverError} `prerequisite` when somebody changed them meanwhile; `signature`, `refused`, `unreachable`, `timeout`
 */
export async function applyDns(
  plan: DnsPlan,
  target: { readonly server: DnsServer; readonly key: TsigKey },
  options: ExchangeOptions = {},
): Promise<void> {
  if (plan.changes.length === 0) return
  const { server, key } = target
  const request = sign(encodeUpdate(plan.zone, plan.changes), key)
  const reply = await exchange(server, request.message, options)
  if (reply.length < 12 || reply.readUInt16BE(0) !== request.message.readUInt16BE(0))
    throw new CutoverError('answer', `${formatServer(server)} answered something that was not asked.`)
  const rcode = reply.readUInt8(3) & 0xf
  // A refusal may come without a signature (RFC 8945 §5.3.2); a success that nobody signed is none.
  if (rcode === NOERROR || isSigned(reply)) checkSignature(reply, request, key)
  if (rcode === NOERROR) return
  if (UNMET.has(rcode))
    throw new CutoverError(
      'prerequisite',
      `The records of ${plan.zone} are no longer as they were read; nothing was changed.`,
    )
  const reason = REFUSALS.get(rcode) ?? `error ${rcode}`
  throw new CutoverError('refused', `${formatServer(server)} refuses to change ${plan.zone}: ${reason}.`)
}
