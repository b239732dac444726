// What has to be done to a mailbox's scripts on mailcow so that its filters go on there. Pure: what is there and what is on
// record comes in, steps come out. What we did not make is never replaced, switched off or deleted.

/** A script that is to be on mailcow. */
export interface WantedScript {
  /** The name on the old server. */
  readonly source: string
  readonly sha256: string
  /** Others include it by its name, so it cannot have another one. */
  readonly fixedName: boolean
}

/** A script that is on mailcow. */
export interface ScriptThere {
  readonly name: string
  readonly active: boolean
  /** Absent for those that nobody had a reason to read. */
  readonly sha256?: string
}

/** What we put there, by the record. */
export interface ScriptOfOurs {
  readonly name: string
  /** Of what we wrote last. */
  readonly sha256: string | undefined
  /** We made it the active one. */
  readonly activated: boolean
}

export interface InstallFacts {
  /** The scripts that the active one includes, in the order in which they are needed; the active one itself last. */
  readonly wanted: readonly WantedScript[]
  readonly there: readonly ScriptThere[]
  readonly ours: readonly ScriptOfOurs[]
  /** By the configuration. */
  readonly activate: boolean
}

export type InstallStep =
  | { readonly kind: 'put'; readonly source: string; readonly name: string; readonly sha256: string }
  /** It is there already, byte for byte: only the record is missing. */
  | { readonly kind: 'adopt'; readonly source: string; readonly name: string; readonly sha256: string }
  | { readonly kind: 'activate'; readonly name: string }
  | { readonly kind: 'deactivate'; readonly name: string }

export interface InstallPlan {
  readonly steps: readonly InstallStep[]
  /** Of the main script. */
  readonly name?: string
  /** Whether it is the active one once the steps are done. */
  readonly active: boolean
  /** Why nothing more is done: it is not ours to do. */
  readonly left?: string
  /** Another script that is active and stays so. */
  readonly otherActive?: string
}

/** How a script of ours is called on mailcow. Users see it in clients that show ManageSieve scripts. */
const INSTALLED_NAME = 'mailmove-import'
const CANDIDATES = [
  INSTALLED_NAME,
  ...[2, 3, 4, 5, 6, 7, 8, 9].map((number) => `${INSTALLED_NAME}-${number}`),
]

/** The names whose content decides something: ours by record, those that we might take, and those that are included. */
export function namesToRead({ wanted, ours }: Pick<InstallFacts, 'wanted' | 'ours'>): ReadonlySet<string> {
  return new Set([
    ...CANDIDATES,
    ...ours.map(({ name }) => name),
    ...wanted.filter(({ fixedName }) => fixedName).map(({ source }) => source),
  ])
}

export function planInstall(facts: InstallFacts): InstallPlan {
  const main = facts.wanted.at(-1)
  if (main === undefined) return withdrawal(facts)
  const steps: InstallStep[] = []
  for (const script of facts.wanted.slice(0, -1)) {
    const included = placeIncluded(script, facts)
    if (typeof included === 'string') return { steps: [], active: false, left: included }
    steps.push(...included)
  }
  const placed = placeMain(main, facts)
  if ('left' in placed) return { ...placed, steps: [], active: isActive(placed.name, facts) }
  return { ...activation(placed.name, [...steps, ...placed.steps], facts), name: placed.name }
}

/** No script is active on the old server (any more): what we switched on, we switch off. */
function withdrawal({ there, ours }: InstallFacts): InstallPlan {
  const active = there.find((script) => script.active)
  const own = ours.find((script) => script.name === active?.name)
  const isUntouched = own?.activated === true && active?.sha256 === own.sha256
  return isUntouched
    ? { steps: [{ kind: 'deactivate', name: own.name }], name: own.name, active: false }
    : { steps: [], active: false }
}

function placeIncluded(script: WantedScript, { there, ours }: InstallFacts): readonly InstallStep[] | string {
  const { source, sha256 } = script
  const present = there.find(({ name }) => name === source)
  const own = ours.find(({ name }) => name === source)
  const put: InstallStep = { kind: 'put', source, name: source, sha256 }
  if (present === undefined)
    return own === undefined ? [put] : `The included script ${quoted(source)} was removed there.`
  if (present.sha256 === sha256) return own === undefined ? [{ ...put, kind: 'adopt' }] : []
  if (own !== undefined && present.sha256 === own.sha256) return [put]
  return own === undefined
    ? `It includes ${quoted(source)}, and another script of that name is there.`
    : `The included script ${quoted(source)} was changed there.`
}

function placeMain(
  { source, sha256 }: WantedScript,
  { there, ours, wanted }: InstallFacts,
):
  | { readonly name: string; readonly steps: readonly InstallStep[] }
  | { readonly name?: string; readonly left: string } {
  const included = new Set(wanted.slice(0, -1).map((script) => script.source))
  const own = ours.find(({ name }) => CANDIDATES.includes(name) && !included.has(name))
  if (own !== undefined) {
    const { name } = own
    const present = there.find((script) => script.name === name)
    if (present === undefined)
      return { left: `Our script ${quoted(name)} was removed there; it is not put there again.` }
    if (present.sha256 === sha256) return { name, steps: [] }
    if (present.sha256 !== own.sha256)
      return { name, left: `Our script ${quoted(name)} was changed there; it stays as it is.` }
    return { name, steps: [{ kind: 'put', source, name, sha256 }] }
  }
  const taken = new Map(there.map((script) => [script.name, script.sha256]))
  const same = CANDIDATES.find((name) => !included.has(name) && taken.get(name) === sha256)
  if (same !== undefined) return { name: same, steps: [{ kind: 'adopt', source, name: same, sha256 }] }
  const free = CANDIDATES.find((name) => !taken.has(name) && !included.has(name))
  if (free === undefined) return { left: `All names from ${quoted(INSTALLED_NAME)} on are taken there.` }
  return { name: free, steps: [{ kind: 'put', source, name: free, sha256 }] }
}

function activation(
  name: string,
  steps: readonly InstallStep[],
  { there, ours, activate }: InstallFacts,
): Omit<InstallPlan, 'name'> {
  const active = there.find((script) => script.active)
  if (active?.name === name) return { steps, active: true }
  if (!activate) return { steps, active: false }
  if (active !== undefined) return { steps, active: false, otherActive: active.name }
  const wasActivated = ours.find((script) => script.name === name)?.activated === true
  if (wasActivated)
    return { steps, active: false, left: `Our script ${quoted(name)} was switched off there; it stays off.` }
  return { steps: [...steps, { kind: 'activate', name }], active: true }
}

function isActive(name: string | undefined, { there }: InstallFacts): boolean {
  return there.some((script) => script.active && script.name === name)
}

function quoted(name: string): string {
  return JSON.stringify(name)
}
