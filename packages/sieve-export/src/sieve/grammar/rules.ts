/** What an argument may be. A single string is also a list of strings (RFC 5228 §2.4.2.1). */
type ValueKind = 'number' | 'string' | 'strings'

/** How servers judge a literal value when a script is uploaded; see check/literals.ts. */
export type ValueCheck =
  | 'address'
  | 'addressHeader'
  | 'capability'
  | 'datePart'
  | 'envelopePart'
  | 'feedbackType'
  | 'flags'
  | 'folder'
  | 'folderInTest'
  | 'headerName'
  | 'headerNameStrict'
  | 'importance'
  | 'index'
  | 'mailtoOnly'
  | 'positive'
  | 'programArgument'
  | 'programName'
  | 'readVariable'
  | 'relation'
  | 'scriptName'
  | 'specialUse'
  | 'variable'
  | 'zone'

export interface ValueRule {
  /** For messages. */
  readonly name: string
  readonly kind: ValueKind
  readonly check?: ValueCheck
  /** Variables are refused here. */
  readonly literal?: true
}

export interface TagRule {
  /** Without the colon, lower case. */
  readonly name: string
  readonly value?: ValueRule
  /** Of one group only one tag may stand in a command. Default: the tag's own name. */
  readonly group?: string
  /** Pigeonhole does not mind this tag twice. */
  readonly repeatable?: true
  /** Another tag that has to stand before or behind it. */
  readonly needs?: string
  /** An extension that has to be required besides. */
  readonly extension?: string
}

export interface PositionalRule extends ValueRule {
  /** Keys that the match type compares with. */
  readonly keys?: true
}

export interface CommandRule {
  readonly name: string
  readonly kind: 'command' | 'test' | 'either'
  readonly tags: readonly TagRule[]
  /** Takes `:comparator` and match types; the comparator that holds when none is said. */
  readonly match?: 'i;ascii-casemap' | 'i;octet'
  /** The key follows the match type at once; there is no `:comparator`. */
  readonly matchKey?: true
  /** Takes `:all`, `:domain`, ... */
  readonly addressParts?: true
  /** Takes `:lower`, `:length`, ... */
  readonly modifiers?: true
  readonly positional: readonly PositionalRule[]
  /** The first or the last positional argument may be absent. */
  readonly optional?: 'first' | 'last'
  /** Pigeonhole ignores further positional arguments. */
  readonly extra?: true
  readonly tests?: 'one' | 'list'
  readonly block?: true
  /** One of these tags is needed. */
  readonly oneOf?: readonly string[]
}

export interface MatchTypeRule {
  readonly name: string
  /** A relation such as "ge" follows. */
  readonly relation?: true
  /** Needs a comparator that finds parts of strings. */
  readonly substring?: true
  readonly regex?: true
}

export interface ExtensionRule {
  readonly name: string
  readonly commands?: readonly CommandRule[]
  /** Tags for commands of others. */
  readonly tags?: readonly { readonly commands: readonly string[]; readonly tag: TagRule }[]
  readonly comparators?: readonly string[]
  readonly matchTypes?: readonly MatchTypeRule[]
  readonly addressParts?: readonly string[]
  /** Modifiers of `set` with their precedence (RFC 5229 §4.1). */
  readonly modifiers?: Readonly<Record<string, number>>
  /** Namespaces of variables, as in `${env.name}`. */
  readonly namespaces?: readonly string[]
  /** Extensions that come along. */
  readonly implies?: readonly string[]
  /** Extensions that may not be required besides. */
  readonly conflicts?: readonly string[]
  /** Needs another extension, which does not come along. */
  readonly needs?: readonly string[]
  /** Commands appear once all `require`s were read, and not through `ihave`. */
  readonly deferred?: true
}
