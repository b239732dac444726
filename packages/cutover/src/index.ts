export { applyDns } from './apply-dns.ts'
export { CutoverError, type CutoverErrorCode } from './errors.ts'
export { findZone, type FindZoneOptions, type Zone } from './find-zone.ts'
export {
  type DkimKey,
  type MailExchanger,
  type MailSetup,
  recordNames,
  type TlsaWanted,
} from './mail-setup.ts'
export { type ManualChange, manualChanges } from './manual.ts'
export { type DnsChange, type DnsPhase, type DnsPlan, invertPlan, planDns } from './plan-dns.ts'
export type { DnsProblem, DnsProblemCode } from './problems.ts'
export { type RecordName, readRecords, type ServerRecords, type ZoneRecords } from './read-records.ts'
export { formatData, formatSet, type RecordData, type RecordSet, type RecordType } from './record.ts'
export { type DnsServer, formatServer, parseServer } from './server.ts'
export { type DnsVerdict, type ServerVerdict, verifyDns } from './verify-dns.ts'
export type { ExchangeOptions } from './wire/exchange.ts'
export type { TsigKey } from './wire/tsig.ts'
export type { SetChange } from './wire/update.ts'
