/** Exit status -1, as a shell sees it: the command line cannot be parsed, or the kernel refused the command. */
export const EXIT_FAILED = 255

/** A mistake in a command line, with the message of ipvsadm. */
export class IpvsadmError extends Error {
  /** The class, for messages. */
  override readonly name = 'IpvsadmError'
  /** The exit status of ipvsadm. */
  readonly status: number
  /** Whether `ipvsadm -R` continues with the next line. */
  readonly continues: boolean

  constructor(message: string, { status = 2, continues = false } = {}) {
    super(message)
    this.status = status
    this.continues = continues
  }
}
