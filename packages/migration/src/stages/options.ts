/** What every stage takes. */
export interface StageOptions {
  /** Ends the stage between two units of work; what was done is recorded, and a later run goes on from there. */
  readonly signal?: AbortSignal
}

/** For the stages that work mailbox by mailbox. */
export interface MailboxStageOptions extends StageOptions {
  /** Only these addresses; all of the domain when absent. */
  readonly mailboxes?: readonly string[]
}

/** For the stages that write. */
export interface WriteStageOptions extends MailboxStageOptions {
  /** Plans only: not one write to any server, and none to the ledger. */
  readonly dryRun?: boolean
}
