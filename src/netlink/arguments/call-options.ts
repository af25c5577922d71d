/** Options of every call. */
export interface CallOptions {
  /**
   * Gives up waiting: the call rejects with the signal's reason. What has not left by then is not sent; what has may
   * still be done.
   */
  readonly signal?: AbortSignal | undefined
}
