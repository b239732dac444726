import {
  type Arbitrary,
  array,
  constantFrom,
  integer,
  letrec,
  nat,
  oneof,
  tuple,
  uint8Array,
} from 'fast-check'
import { mailcowExtensions } from '../src/index.ts'
import { fixtures } from './sieve-fixtures.ts'

const folders = constantFrom(
  '"INBOX"',
  '"INBOX.X"',
  '"inbox.a.b"',
  '"INBOX.Projekte.X"',
  '"INBOX.Gel&APY-scht"',
  '"INBOX.Gelöscht"',
  '"X"',
  '"Projekte/X"',
  '"INBOX.a/b"',
  '"INBOX.${1}"',
  '"INBOX.fremd"',
  '"Junk"',
  '"INBOX."',
  '"Gesendet"',
)
const addresses = constantFrom(
  '"anna@example.at"',
  '"A. B <anna@example.at>"',
  '"anna@"',
  '"a@b, c@d"',
  '"anna"',
)
const texts = ['"*"', '"a?c"', '["a", "ü"]', '"(a"', '"[a-z]+"', '"5"', '"${1}"', 'text:\nINBOX.X\n..\n.\n']
const keys = constantFrom(...texts)
const blanks = [' ', ' ', ' ', '\n', '\r\n', '\t']
const comments = [' /* INBOX.X */ ', ' # fileinto "INBOX.X"; ü\n', '\n# rule:[X "y"]\n']
const gaps = constantFrom(...blanks, ...comments)
const matches = [
  '',
  ':is',
  ':contains',
  ':matches',
  ':regex',
  ':value "ge"',
  ':count "eq" :comparator "i;ascii-numeric"',
]
const match = constantFrom(...matches)

/** Without what makes a Buffer differ from other bytes. */
function bytes(text: string, encoding: 'utf8' | 'latin1'): Uint8Array {
  return Uint8Array.from(Buffer.from(text, encoding))
}

/** Puts something into the gaps between the words of a script. */
function spaced(words: readonly Arbitrary<string>[]): Arbitrary<string> {
  return tuple(...words.flatMap((word) => [word, gaps])).map((parts) => parts.join(''))
}

function fixed(...words: readonly (string | Arbitrary<string>)[]): Arbitrary<string> {
  return spaced(words.map((word) => (typeof word === 'string' ? constantFrom(word) : word)))
}

const flag = constantFrom('"\\\\Seen"', '["\\\\Flagged", "$x"]', '"a b"', '""', '"INBOX.X"')
const simpleActions = [
  fixed('keep', ';'),
  fixed('discard', ';'),
  fixed('stop', ';'),
  fixed('fileinto', folders, ';'),
  fixed('fileinto', constantFrom(':copy', ':create', ':flags "\\\\Seen"', ':copy :create'), folders, ';'),
  fixed('redirect', constantFrom('', ':copy'), addresses, ';'),
  fixed('reject', keys, ';'),
  fixed('vacation', constantFrom('', ':days 3', ':seconds 60', ':mime', ':from "x@y.at"'), keys, ';'),
  fixed(constantFrom('setflag', 'addflag', 'removeflag'), flag, ';'),
  fixed(constantFrom('mark', 'unmark'), ';'),
  fixed('set', constantFrom('"a"', '"1"', '"INBOX.X"'), folders, ';'),
  fixed('include', constantFrom('', ':personal', ':global', ':optional'), '"other"', ';'),
  fixed('addheader', '"X-A"', keys, ';'),
  fixed('notify', constantFrom(':low', ':high', ''), ':options "x@y.at"', ';'),
  fixed('notify', constantFrom(':importance "1"', ''), '"mailto:x@y.at"', ';'),
  fixed('pipe', '"program"', ';'),
]
const simpleTests = [
  fixed(constantFrom('true', 'false')),
  fixed('header', match, constantFrom('"subject"', '["from", "to"]', '"X-Spam-Flag"'), keys),
  fixed('address', constantFrom('', ':domain', ':detail', ':user'), match, '"from"', keys),
  fixed('size', constantFrom(':over', ':under'), constantFrom('5', '20K', '1M')),
  fixed('exists', constantFrom('"x"', '["x", "y"]')),
  fixed(constantFrom('mailboxexists', 'specialuse_exists'), folders),
  fixed('envelope', match, constantFrom('"from"', '"to"'), keys),
  fixed('body', constantFrom(':text', ':raw', ''), match, keys),
  fixed(
    'currentdate',
    match,
    constantFrom('"date"', '"weekday"', '"year"'),
    constantFrom('"2026-01-01"', '"3"'),
  ),
  fixed('string', match, constantFrom('"${a}"', '"${1}"'), keys),
  fixed('duplicate', constantFrom('', ':seconds 60')),
  fixed('spamtest', ':value "ge"', ':comparator "i;ascii-numeric"', '"5"'),
  fixed('ihave', constantFrom('"fileinto"', '"nothing"', '"vacation-seconds"')),
]

/** What the scripts below may ask for. `execute` and the deprecated extensions' odd forms let real servers crash. */
const extensions = [...mailcowExtensions, 'imapflags', 'notify', 'spamtest', 'vnd.dovecot.pipe']
const requirement = array(constantFrom(...extensions), { maxLength: 12 }).map(
  (some) => `require ["${['fileinto', 'imap4flags', 'variables', ...some].join('", "')}"];\n`,
)

const { commands } = letrec<{ commands: string; command: string; block: string; test: string }>((tie) => ({
  commands: array(tie('command'), { maxLength: 5 }).map((all) => all.join('\n')),
  command: oneof(
    { maxDepth: 3, withCrossShrink: true },
    oneof(...simpleActions),
    tuple(fixed('if', tie('test')), tie('block')).map((parts) => parts.join('')),
    tuple(fixed('if', tie('test')), tie('block'), fixed('elsif', tie('test')), tie('block')).map((parts) =>
      parts.join(''),
    ),
    tuple(fixed('if', tie('test')), tie('block'), gaps, constantFrom('else'), tie('block')).map((parts) =>
      parts.join(''),
    ),
  ),
  block: fixed('{', tie('commands'), '}'),
  test: oneof(
    { maxDepth: 3, withCrossShrink: true },
    oneof(...simpleTests),
    fixed('not', tie('test')),
    tuple(constantFrom('anyof', 'allof'), array(tie('test'), { minLength: 1, maxLength: 3 })).map(
      ([name, tests]) => `${name} (${tests.join(',')})`,
    ),
  ),
}))

/** Scripts that can be read; whether a server takes them is another matter. */
export const grammaticalScript: Arbitrary<Uint8Array> = tuple(gaps, requirement, commands).map(
  ([gap, require, rest]) => bytes(`${gap}${require}${rest}`, 'utf8'),
)

const wordsOfScripts =
  /#[^\n]*\n?|\/\*[\s\S]*?\*\/|"(?:[^"\\]|\\[\s\S])*"|:?[A-Za-z_][\w.]*|\d+[KMG]?|[[\](){},;]|\s+|[\s\S]/g
const torn = fixtures.map(({ script }) => Buffer.from(script).toString('latin1').match(wordsOfScripts) ?? [])
const vocabulary = [...new Set(torn.flat())]

/** Scripts of other programs in which some words were taken away, put in or exchanged. */
export const tornScript: Arbitrary<Uint8Array> = tuple(
  constantFrom(...torn),
  array(tuple(nat(), integer({ min: 0, max: 1 }), constantFrom('', ...vocabulary)), { maxLength: 4 }),
).map(([words, changes]) => {
  const all = [...words]
  for (const [at, removed, added] of changes) all.splice(at % (all.length + 1), removed, added)
  return bytes(all.join(''), 'latin1')
})

/** Anything at all, often with the characters that mean something. */
export const anyBytes: Arbitrary<Uint8Array> = oneof(
  uint8Array({ maxLength: 200 }),
  array(
    oneof(constantFrom(...vocabulary), constantFrom('"', '\\', '/*', 'text:\n', '.\n', '\r', '\0', '\xff')),
    {
      maxLength: 60,
    },
  ).map((words) => bytes(words.join(''), 'latin1')),
)
