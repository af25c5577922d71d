import { IpvsUnavailableError } from '../../errors.ts'
import type { IpvsClient } from '../../ipvs/ipvs-client.ts'
import { describeRefusals } from '../../ipvs/refused-clients.ts'
import { describeFailure } from '../io/failure.ts'
import { readServices } from '../io/read-services.ts'
import { handleKey } from './keys/handle-key.ts'
import type { Effect, Key } from './keys/key-result.ts'
import { MAX_READ_INTERVAL } from './model/rate-sample.ts'
import { EMPTY_SNAPSHOT, type TableSnapshot, takeSnapshot } from './model/table-snapshot.ts'
import { clampSelection, createView, recordChange, type View, type WeightChange } from './model/view.ts'
import { countVisibleRows, render } from './render/render.ts'
import { INTERRUPTED } from './signals.ts'
import type { OpenScreen, Screen, ScreenListener } from './top-screen.ts'

/** Consecutive read failures after which the view ends. */
const MAX_READ_FAILURES = 3

/** Options of a live view. */
export interface LiveOptions {
  readonly ipvs: IpvsClient
  /** Seconds between updates. */
  readonly interval: number
  /** The name of the network namespace, unless it is that of the process. */
  readonly netns: string | undefined
  readonly open: OpenScreen
  /** A monotonic clock in seconds. */
  readonly now?: () => number
}

/** Shows the table until the user quits. Resolves to the exit status; rejects if the table cannot be read. */
export async function showLive(options: LiveOptions): Promise<number> {
  const live = new LiveView(options)
  return await live.run(options.open)
}

/** Connects the clock, the kernel and the keyboard. Everything else is a pure function of the view. */
class LiveView implements ScreenListener {
  readonly #ipvs: IpvsClient
  readonly #now: () => number
  readonly #end = new AbortController()
  readonly #exitStatus: Promise<number>
  #finish!: (status: number) => void
  #fail!: (error: unknown) => void
  #view: View
  #screen: Screen | undefined
  /** The last snapshot; the screen may show an earlier one. */
  #snapshot: TableSnapshot
  /** Reads since the snapshot that is shown. */
  #readsSinceShown = 0
  /** Consecutive read failures. */
  #failures = 0
  /** Ends the pause between reads. */
  #wake: () => void = () => undefined
  /** Settles when the requested changes are done. */
  #pendingChanges: Promise<void> = Promise.resolve()

  constructor({ ipvs, interval, netns, now = monotonicSeconds }: LiveOptions) {
    this.#ipvs = ipvs
    this.#now = now
    this.#snapshot = EMPTY_SNAPSHOT
    this.#view = createView(interval, netns)
    this.#exitStatus = new Promise((resolve, reject) => {
      this.#finish = resolve
      this.#fail = reject
    })
  }

  async run(open: OpenScreen): Promise<number> {
    // If the first read fails, the error appears on the normal screen.
    this.#showSnapshot(await this.#read())
    this.#screen = await open(this)
    try {
      this.#render()
      this.#readLoop().catch(this.#fail)
      const status = await this.#exitStatus
      if (status === 0) await this.#pendingChanges
      return status
    } finally {
      this.#end.abort()
      this.#wake()
      this.#screen.close()
    }
  }

  handleKey(key: Key): void {
    const before = this.#view
    const { view, effect } = handleKey(before, key, this.#height)
    this.#view = view
    if (view.isPaused !== before.isPaused || view.interval !== before.interval) this.#wake()
    if (effect !== undefined) this.#perform(effect)
    this.#render()
  }

  resize(): void {
    this.#view = clampSelection(this.#view, this.#height)
    this.#render()
  }

  end(status: number): void {
    this.#finish(status)
  }

  get #height(): number {
    return this.#screen === undefined ? 1 : countVisibleRows(this.#screen.size)
  }

  #render(): void {
    if (this.#screen !== undefined && !this.#end.signal.aborted) {
      this.#screen.draw(render(this.#view, this.#screen.size))
    }
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'quit':
        this.#finish(0)
        break
      case 'interrupt':
        this.#finish(INTERRUPTED)
        break
      case 'suspend':
        this.#screen?.suspend()
        break
      case 'redraw':
        this.#screen?.invalidate()
        break
      case 'change':
        this.#pendingChanges = this.#pendingChanges.then(() => this.#applyChange(effect.change))
    }
  }

  async #applyChange(change: WeightChange): Promise<void> {
    const { service, key } = change.destination
    try {
      await this.#ipvs.updateDestination(service, { ...key, weight: change.weight })
      this.#view = recordChange(this.#view, change)
      if (change.weight === 0) await this.#warnOfRefusals(service)
    } catch (error) {
      this.#showError(describeFailure(error).message)
    }
    this.#readsSinceShown = Number.POSITIVE_INFINITY
    this.#wake()
    this.#render()
  }

  async #warnOfRefusals(service: string): Promise<void> {
    const warning = describeRefusals(await this.#ipvs.service(service))
    if (warning !== undefined) this.#showError(`warning: ${warning}`)
  }

  /** Reads until the view ends, often enough to catch every sample of the kernel. Not every read is shown. */
  async #readLoop(): Promise<void> {
    for (;;) {
      const { interval } = this.#view
      const reads = Math.ceil(interval / MAX_READ_INTERVAL)
      await this.#pause(interval / reads)
      if (this.#end.signal.aborted) return
      if (this.#view.isPaused) continue
      const snapshot = await this.#tryRead()
      if (snapshot === undefined || ++this.#readsSinceShown < reads) continue
      this.#showSnapshot(snapshot)
      this.#render()
    }
  }

  /** Reports a failure on the screen; rethrows it after several in a row. */
  async #tryRead(): Promise<TableSnapshot | undefined> {
    try {
      const snapshot = await this.#read()
      if (this.#failures > 0) this.#view = { ...this.#view, notice: undefined }
      this.#failures = 0
      return snapshot
    } catch (error) {
      if (this.#end.signal.aborted) return undefined
      if (error instanceof IpvsUnavailableError || ++this.#failures === MAX_READ_FAILURES) throw error
      this.#showError(`read failed, retrying: ${describeFailure(error).message}`)
      this.#render()
      return undefined
    }
  }

  async #read(): Promise<TableSnapshot> {
    const services = await readServices(this.#ipvs, [], this.#end.signal)
    this.#snapshot = takeSnapshot(this.#snapshot, services, this.#now())
    return this.#snapshot
  }

  #showSnapshot(snapshot: TableSnapshot): void {
    this.#readsSinceShown = 0
    this.#view = clampSelection(
      { ...this.#view, snapshot, time: new Date().toTimeString().slice(0, 8) },
      this.#height,
    )
  }

  #showError(text: string): void {
    this.#view = { ...this.#view, notice: { text, isError: true } }
  }

  #pause(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

function monotonicSeconds(): number {
  return performance.now() / 1000
}
