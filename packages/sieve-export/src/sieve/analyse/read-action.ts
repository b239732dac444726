import type { SortedArguments } from '../check/command.ts'
import type { Meaning } from '../meaning/read-meaning.ts'
import type { Argument, Command } from '../syntax/tree.ts'
import { bareAddress } from '../values/address.ts'
import { decodeWords } from '../values/encoded-words.ts'
import type { Action } from './action.ts'

/** What a command does; undefined for those that only control others (`if`, `require`, ...). */
export function readAction(command: Command, meaning: Meaning): Action | undefined {
  if (controls.has(command.name)) return undefined
  const sorted = meaning.argumentsOf(command)
  if (sorted === undefined) return { kind: 'other', name: command.name }
  const [first, second] = sorted.positional
  const text = meaning.text(first) ?? ''
  switch (command.name) {
    case 'keep':
      return { kind: 'keep', flags: flagsIn(sorted.tags.get('flags'), meaning) }
    case 'fileinto': {
      const { tags } = sorted
      const flags = flagsIn(tags.get('flags'), meaning)
      return { kind: 'file', folder: text, copy: tags.has('copy'), create: tags.has('create'), flags }
    }
    case 'redirect':
      return { kind: 'redirect', address: bareAddress(text), copy: sorted.tags.has('copy') }
    case 'discard':
    case 'stop':
      return { kind: command.name }
    case 'reject':
    case 'ereject':
      return { kind: 'reject', reason: text }
    case 'vacation':
      return vacation(sorted, meaning)
    case 'setflag':
    case 'addflag':
    case 'removeflag': {
      const how = ({ setflag: 'set', addflag: 'add', removeflag: 'remove' } as const)[command.name]
      // With a variable nothing happens to the message yet.
      if (first !== undefined) return { kind: 'other', name: command.name }
      return { kind: 'flags', how, flags: flagsIn(second, meaning) }
    }
    case 'mark':
      return { kind: 'flags', how: 'add', flags: [flagged] }
    case 'unmark':
      return { kind: 'flags', how: 'remove', flags: [flagged] }
    case 'notify':
      return { kind: 'notify', recipients: notifyRecipients(sorted, meaning) }
    case 'set':
      return { kind: 'set', name: text, value: meaning.text(second) ?? '' }
    case 'addheader':
      return { kind: 'addHeader', name: text, value: meaning.text(second) ?? '' }
    case 'deleteheader':
      return { kind: 'deleteHeader', names: meaning.texts(first) }
    case 'include':
      return { kind: 'include', name: text, global: sorted.tags.has('global') }
    case 'pipe':
    case 'filter':
    case 'execute':
      return { kind: 'program', name: text }
    default:
      return { kind: 'other', name: command.name }
  }
}

const controls: ReadonlySet<string> = new Set(
  'if elsif else require global import export foreverypart break return'.split(' '),
)
const flagged = '\\Flagged'

/** Several flags may stand in one string (RFC 5232 §2). */
function flagsIn(argument: Argument | undefined, meaning: Meaning): readonly string[] {
  return meaning.texts(argument).flatMap((text) => text.split(' ').filter((flag) => flag !== ''))
}

function vacation({ tags }: SortedArguments, meaning: Meaning): Action {
  const subject = meaning.text(tags.get('subject'))
  const days = tags.get('days')
  const seconds = tags.get('seconds')
  return {
    kind: 'vacation',
    ...(subject === undefined ? {} : { subject: decodeWords(subject) }),
    ...(days?.kind === 'number' ? { days: days.value } : {}),
    ...(seconds?.kind === 'number' ? { seconds: seconds.value } : {}),
  }
}

function notifyRecipients({ positional, tags }: SortedArguments, meaning: Meaning): readonly string[] {
  const method = meaning.text(positional[0])
  if (method === undefined) return meaning.texts(tags.get('options')).map(bareAddress)
  const [, to = ''] = /^mailto:([^?]*)/i.exec(method) ?? []
  return to === '' ? [method] : decoded(to).split(',')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
