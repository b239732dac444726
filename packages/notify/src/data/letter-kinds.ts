/** Kinds that make sense on paper: for those whom a mail would not reach. */
export type LetterKind =
  | 'pre-warning'
  | 'hand-over'
  | 'reminder'
  | 'password-reset'
  | 'keep-old-server'
  | 'quota'
  | 'switch-off'

export const letterKinds: readonly LetterKind[] = [
  'pre-warning',
  'hand-over',
  'reminder',
  'password-reset',
  'keep-old-server',
  'quota',
  'switch-off',
]
