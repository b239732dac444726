import type { Argument, Command, Script, StringArgument, Test } from './tree.ts'

/** All commands, also those in blocks, in the order of the script. */
export function* commandsOf(node: Script | Command): Generator<Command> {
  const commands = node.kind === 'script' ? node.commands : (node.block?.commands ?? [])
  for (const command of commands) {
    yield command
    yield* commandsOf(command)
  }
}

/** All tests of a command or test, also those in tests, in the order of the script. */
export function* testsOf(node: Command | Test): Generator<Test> {
  for (const test of node.tests) {
    yield test
    yield* testsOf(test)
  }
}

/** Every command and every test, in the order of the script. */
export function* nodesOf(script: Script): Generator<Command | Test> {
  for (const command of commandsOf(script)) {
    yield command
    yield* testsOf(command)
  }
}

/** The strings of an argument: one, several of a list, or none. */
export function stringsOf(argument: Argument | undefined): readonly StringArgument[] {
  if (argument === undefined) return []
  if (argument.kind === 'string') return [argument]
  return argument.kind === 'strings' ? argument.items : []
}
