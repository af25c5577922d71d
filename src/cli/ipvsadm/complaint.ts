/** A mistake in a command line. */
export class IpvsadmError extends Error {
  /** The class, for messages. */
  override readonly name = 'Complaint'
  /** The exit status. */
  readonly status: number
  /** Whether ipvsadm goes on with the next line when it restores rules. */
  readonly continues: boolean

  constructor(message: string, { status = 2, goesOn = false } = {}) {
    super(message)
    this.status = status
    this.continues = goesOn
  }
}

/** Exit status -1, as a shell sees it: nothing of the command line could be made out, or the kernel refused. */
export const EXIT_FAILED = 255
