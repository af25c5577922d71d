/** Options of every call. */
export interface CallOptions {
  /**
   * Aborts the call: it rejects with the signal's reason. A command that has not been sent by then is not executed; a command
   * that has been sent may still be executed.
   */
  readonly signal?: AbortSignal | undefined
}
