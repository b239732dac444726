import { array, assert, boolean, constantFrom, option, property, record, uniqueArray } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type InstallFacts,
  type InstallStep,
  planInstall,
  type ScriptOfOurs,
  type ScriptThere,
} from './install-plan.ts'

const main = { source: 'main', sha256: 'A', fixedName: false }
const name = 'mailmove-import'
const facts: InstallFacts = { wanted: [main], there: [], ours: [], activate: true }
const ours = { name, sha256: 'A', activated: true }

describe('planInstall', () => {
  it('puts the script there and makes it the active one', () => {
    expect(planInstall(facts)).toEqual({
      steps: [
        { kind: 'put', source: 'main', name, sha256: 'A' },
        { kind: 'activate', name },
      ],
      name,
      active: true,
    })
  })

  it('leaves it inactive when told so, and where another one is active', () => {
    expect(planInstall({ ...facts, activate: false })).toMatchObject({
      steps: [{ kind: 'put' }],
      active: false,
    })
    const there = [{ name: 'sogo', active: true }]
    expect(planInstall({ ...facts, there })).toMatchObject({
      steps: [{ kind: 'put' }],
      active: false,
      otherActive: 'sogo',
    })
  })

  it('takes another name where the first one is taken by somebody else', () => {
    const there = [{ name, active: false, sha256: 'X' }]
    expect(planInstall({ ...facts, there })).toMatchObject({
      name: `${name}-2`,
      steps: [{ kind: 'put' }, {}],
    })
  })

  it('takes what is there byte for byte for ours: the record of it was lost', () => {
    const there = [{ name, active: false, sha256: 'A' }]
    expect(planInstall({ ...facts, there })).toMatchObject({
      name,
      steps: [{ kind: 'adopt' }, { kind: 'activate' }],
    })
  })

  it('has nothing to do the second time', () => {
    const there = [{ name, active: true, sha256: 'A' }]
    expect(planInstall({ ...facts, there, ours: [ours] })).toEqual({ steps: [], name, active: true })
  })

  it('brings its own script up to date when the old one has changed', () => {
    const there = [{ name, active: true, sha256: 'old' }]
    const plan = planInstall({ ...facts, there, ours: [{ ...ours, sha256: 'old' }] })
    expect(plan).toEqual({ steps: [{ kind: 'put', source: 'main', name, sha256: 'A' }], name, active: true })
  })

  it.each<[string, readonly ScriptThere[]]>([
    ['changed', [{ name, active: true, sha256: 'user' }]],
    ['removed', []],
    ['switched off', [{ name, active: false, sha256: 'A' }]],
  ])('leaves alone what somebody %s', (what, there) => {
    const plan = planInstall({ ...facts, there, ours: [ours] })
    expect(plan.steps).toEqual([])
    expect(plan.left).toContain(what)
  })

  it("switches its own script off when none is active on the old server any more, but nobody else's", () => {
    const there = [{ name, active: true, sha256: 'A' }]
    expect(planInstall({ ...facts, wanted: [], there, ours: [ours] }).steps).toEqual([
      { kind: 'deactivate', name },
    ])
    for (const untouchable of [
      { there, ours: [] },
      { there, ours: [{ ...ours, activated: false }] },
      { there: [{ name, active: true, sha256: 'user' }], ours: [ours] },
      { there: [{ name: 'sogo', active: true }], ours: [ours] },
    ])
      expect(planInstall({ ...facts, wanted: [], ...untouchable }).steps).toEqual([])
  })

  it('puts included scripts there first, under their own names, or nothing at all', () => {
    const wanted = [{ source: 'list', sha256: 'L', fixedName: true }, main]
    expect(planInstall({ ...facts, wanted }).steps.map((step) => [step.kind, step.name])).toEqual([
      ['put', 'list'],
      ['put', name],
      ['activate', name],
    ])
    const taken = planInstall({ ...facts, wanted, there: [{ name: 'list', active: false, sha256: 'user' }] })
    expect(taken).toMatchObject({ steps: [], left: expect.stringContaining('"list"') })
  })

  it('never touches what it did not make, whatever is there', () => {
    const names = ['sogo', 'list', name, `${name}-2`, `${name}-3`]
    const digest = constantFrom('A', 'B', 'L', 'user')
    const script = record({ name: constantFrom(...names), active: boolean(), sha256: digest })
    const own = record({ name: constantFrom(...names.slice(1)), sha256: digest, activated: boolean() })
    const included = { source: 'list', sha256: 'L', fixedName: true }
    const wanted = constantFrom([], [main], [included, main])
    assert(
      property(
        wanted,
        uniqueArray(script, { selector: (one) => one.name }),
        uniqueArray(own, { selector: (one) => one.name }),
        boolean(),
        (want, there, known, activate) => {
          const plan = planInstall({ wanted: want, there: oneActive(there), ours: known, activate })
          for (const step of plan.steps) expectHarmless(step, oneActive(there), known)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('has nothing to do after it was done', () => {
    const there = array(record({ name: constantFrom('sogo', 'x'), active: boolean() }), { maxLength: 1 })
    assert(
      property(there, boolean(), option(constantFrom('list')), (before, activate, include) => {
        const wanted = [
          ...(include === null ? [] : [{ source: include, sha256: 'L', fixedName: true }]),
          main,
        ]
        const first = { ...facts, wanted, there: before, activate }
        const second = carryOut(first, planInstall(first).steps)
        expect(planInstall(second).steps).toEqual([])
      }),
    )
  })
})

function oneActive(there: readonly ScriptThere[]): readonly ScriptThere[] {
  const first = there.findIndex(({ active }) => active)
  return there.map((script, index) => ({ ...script, active: index === first }))
}

function expectHarmless(
  step: InstallStep,
  there: readonly ScriptThere[],
  known: readonly ScriptOfOurs[],
): void {
  const present = there.find((script) => script.name === step.name)
  const own = known.find((script) => script.name === step.name)
  const active = there.find((script) => script.active)
  const isAllowed = {
    put: present === undefined ? own === undefined : own !== undefined && own.sha256 === present.sha256,
    adopt: present?.sha256 === ('sha256' in step ? step.sha256 : ''),
    activate: active === undefined && own?.activated !== true,
    deactivate: own?.activated === true && active?.name === step.name && active.sha256 === own.sha256,
  }
  expect([step, isAllowed[step.kind]]).toEqual([step, true])
}

function carryOut(before: InstallFacts, steps: readonly InstallStep[]): InstallFacts {
  let there = [...before.there]
  const known = new Map(before.ours.map((script) => [script.name, script]))
  for (const step of steps) {
    if (step.kind === 'put' || step.kind === 'adopt') {
      there = [
        ...there.filter((script) => script.name !== step.name),
        { name: step.name, active: false, sha256: step.sha256 },
      ]
      known.set(step.name, { name: step.name, sha256: step.sha256, activated: false })
    } else {
      const isActive = step.kind === 'activate'
      there = there.map((script) => ({ ...script, active: isActive && script.name === step.name }))
      const own = known.get(step.name)
      if (own !== undefined) known.set(step.name, { ...own, activated: isActive })
    }
  }
  return { ...before, there, ours: [...known.values()] }
}
