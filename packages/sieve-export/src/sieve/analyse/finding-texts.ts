import type { Language } from '../problem-texts.ts'
import { syntaxErrorText } from '../problem-texts.ts'
import type { SieveSyntaxError } from '../syntax/errors.ts'

/** The sentences of findings. */
export interface FindingTexts {
  readonly spamRule: string
  readonly spamRuleDiscards: string
  readonly unreachable: string
  readonly switchedOff: string
  readonly discards: string
  readonly vacationWithoutEnd: string
  notSieve(error: SieveSyntaxError): string
  externalRedirect(address: string): string
  redirectWithoutCopy(address: string): string
  vacationOver(end: string): string
  include(name: string): string
  globalInclude(name: string): string
  missingExtension(name: string): string
}

const en: FindingTexts = {
  spamRule: 'This rule only sorts spam. mailcow does that itself, so it is not needed there.',
  spamRuleDiscards:
    'This rule deletes spam. mailcow sorts spam into Junk itself; with this rule it is gone for good.',
  unreachable: 'This rule never runs, because an earlier one stops in any case.',
  switchedOff: 'This rule is switched off.',
  discards: 'This rule deletes mail; it is not in the trash either.',
  vacationWithoutEnd: 'This automatic reply has no end: it answers until somebody switches it off.',
  notSieve: (error) => `This is no Sieve script: ${syntaxErrorText(error, 'en')}.`,
  externalRedirect: (address) => `Mail is forwarded to ${address}, outside of our domains.`,
  redirectWithoutCopy: (address) => `Mail is forwarded to ${address}, and nothing stays in the mailbox.`,
  vacationOver: (end) => `This automatic reply ended on ${end}.`,
  include: (name) => `This script needs the script "${name}" of the same user.`,
  globalInclude: (name) => `This script needs "${name}", which the old server offers to all users.`,
  missingExtension: (name) => `The new server cannot run this: it lacks the extension "${name}".`,
}

const de: FindingTexts = {
  spamRule: 'Diese Regel sortiert nur Spam. Das macht mailcow selbst, sie wird dort nicht gebraucht.',
  spamRuleDiscards:
    'Diese Regel löscht Spam. mailcow legt Spam selbst in Junk ab; mit dieser Regel ist er endgültig weg.',
  unreachable: 'Diese Regel wird nie ausgeführt, weil eine frühere in jedem Fall die Verarbeitung beendet.',
  switchedOff: 'Diese Regel ist ausgeschaltet.',
  discards: 'Diese Regel löscht Nachrichten; sie liegen auch nicht im Papierkorb.',
  vacationWithoutEnd: 'Diese automatische Antwort hat kein Ende: sie antwortet, bis jemand sie ausschaltet.',
  notSieve: (error) => `Das ist kein Sieve-Skript: ${syntaxErrorText(error, 'de')}.`,
  externalRedirect: (address) =>
    `Nachrichten werden an ${address} weitergeleitet, außerhalb unserer Domains.`,
  redirectWithoutCopy: (address) =>
    `Nachrichten werden an ${address} weitergeleitet, im Postfach bleibt nichts.`,
  vacationOver: (end) => `Diese automatische Antwort endete am ${end}.`,
  include: (name) => `Dieses Skript braucht das Skript „${name}“ desselben Postfachs.`,
  globalInclude: (name) => `Dieses Skript braucht „${name}“, das der alte Server allen anbietet.`,
  missingExtension: (name) =>
    `Das kann der neue Server nicht ausführen: ihm fehlt die Erweiterung „${name}“.`,
}

export const findingTexts: Readonly<Record<Language, FindingTexts>> = { de, en }
