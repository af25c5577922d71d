interface SignalListener {
  readonly calls: Set<() => void>
  readonly listener: () => void
}

/** Registers one listener per signal, for any number of calls that the signal aborts. */
export class AbortListeners {
  readonly #signals = new Map<AbortSignal, SignalListener>()

  /** Calls `abort` when the signal is aborted. Returns a function that cancels this. */
  add(signal: AbortSignal, abort: () => void): () => void {
    const { calls, listener } = this.#signals.get(signal) ?? this.#listen(signal)
    calls.add(abort)
    return () => {
      calls.delete(abort)
      if (calls.size > 0) return
      signal.removeEventListener('abort', listener)
      this.#signals.delete(signal)
    }
  }

  #listen(signal: AbortSignal): SignalListener {
    const calls = new Set<() => void>()
    const listener = () => {
      for (const abort of calls) abort()
    }
    signal.addEventListener('abort', listener, { once: true })
    const listened = { calls, listener }
    this.#signals.set(signal, listened)
    return listened
  }
}
