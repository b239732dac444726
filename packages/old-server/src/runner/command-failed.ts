import { RunnerError } from './runner.ts'

/** A command whose output is read as it comes ended with a code other than 0. */
export function commandFailed(command: string, where: string, code: number, stderr: string): RunnerError {
  const reason = lastLine(stderr)
  return new RunnerError(
    'failed',
    `${command} failed on ${where} (code ${code})${reason === '' ? '' : `: ${reason}`}.`,
  )
}

export function lastLine(text: string): string {
  return (text.trim().split('\n').at(-1) ?? '')
    .replaceAll(/\p{Cc}/gu, '')
    .replace(/\.$/, '')
    .slice(0, 300)
}
