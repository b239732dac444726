/** What the exit code tells a script. One table for the program, its help and its README. */
export const exitCodes = {
  done: 0,
  someFailed: 1,
  usage: 2,
  stopped: 3,
  serverFailed: 4,
  bug: 70,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** One line each, as `--help` shows them. */
export const exitCodeMeanings: Readonly<Record<ExitCode, string>> = {
  0: 'done',
  1: 'done, but single items failed (all of them are named)',
  2: 'the command or the configuration is wrong; nothing was done',
  3: 'a gate or a red finding stopped it',
  4: 'a server, the network or the disk failed',
  70: 'a bug in mailmove',
  130: 'interrupted; everything done so far is saved',
}
