/**
 * The codes of {@link StateFileError}, with what each means:
 * - `ERR_LVS_BUSY`: another process is changing the same host and does not come to an end.
 * - `ERR_LVS_STATE_FILE`: the file holds something else than what a role writes there.
 */
export type StateFileErrorCode = 'ERR_LVS_BUSY' | 'ERR_LVS_STATE_FILE'

/** Something is wrong with the file in which roles record what was there before them. Nothing was changed. */
export class StateFileError extends Error {
  /** The class, for messages. */
  override readonly name = 'StateFileError'
  /** What is wrong. */
  readonly code: StateFileErrorCode

  constructor(code: StateFileErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
