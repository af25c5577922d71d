import { IpvsUnavailableError } from '../../errors.ts'
import type { IpvsClient } from '../../ipvs/ipvs-client.ts'
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

/** Readings that may fail one after another before it is given up. */
const MAX_READ_FAILURES = 3

/** What a live view is made of. */
export interface LiveOptions {
  readonly ipvs: IpvsClient
  /** Seconds from one picture to the next. */
  readonly interval: number
  /** How the network namespace is called, if it is not the process's own. */
  readonly netns: string | undefined
  readonly open: OpenScreen
  /** Seconds, from any moment on. */
  readonly now?: () => number
}

/** Shows the table on a surface until somebody ends it. Gives the exit status; rejects when the kernel cannot be read. */
export async function showLive(options: LiveOptions): Promise<number> {
  const live = new LiveView(options)
  return await live.run(options.open)
}

/** The one place where time passes, the kernel is asked and keys come in; everything else follows from the view. */
class LiveView implements ScreenListener {
  readonly #ipvs: IpvsClient
  readonly #now: () => number
  readonly #end = new AbortController()
  readonly #exitStatus: Promise<number>
  #finish!: (status: number) => void
  #fail!: (error: unknown) => void
  #view: View
  #screen: Screen | undefined
  /** The last reading; the picture may show an earlier one. */
  #snapshot: TableSnapshot
  /** Readings since the one that is shown. */
  #readsSinceShown = 0
  /** Readings that failed, one after another. */
  #failures = 0
  /** Ends the pause between readings. */
  #wake: () => void = () => undefined
  /** The changes that are under way. */
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
    // What cannot be read at all is told on an ordinary screen.
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
    } catch (error) {
      this.#showError(describeFailure(error).message)
    }
    this.#readsSinceShown = Number.POSITIVE_INFINITY
    this.#wake()
    this.#render()
  }

  /** Reads until the end, often enough to see every sample; not each reading is shown. */
  async #readLoop(): Promise<void> {
    for (;;) {
      const { interval } = this.#view
      const readings = Math.ceil(interval / MAX_READ_INTERVAL)
      await this.#pause(interval / readings)
      if (this.#end.signal.aborted) return
      if (this.#view.isPaused) continue
      const reading = await this.#tryRead()
      if (reading === undefined || ++this.#readsSinceShown < readings) continue
      this.#showSnapshot(reading)
      this.#render()
    }
  }

  /** A failure is told, and only several of them are the end. */
  async #tryRead(): Promise<TableSnapshot | undefined> {
    try {
      const reading = await this.#read()
      if (this.#failures > 0) this.#view = { ...this.#view, notice: undefined }
      this.#failures = 0
      return reading
    } catch (error) {
      if (this.#end.signal.aborted) return undefined
      if (error instanceof IpvsUnavailableError || ++this.#failures === MAX_READ_FAILURES) throw error
      this.#showError(`not read, and tried again: ${describeFailure(error).message}`)
      this.#render()
      return undefined
    }
  }

  async #read(): Promise<TableSnapshot> {
    const services = await readServices(this.#ipvs, [], this.#end.signal)
    this.#snapshot = takeSnapshot(this.#snapshot, services, this.#now())
    return this.#snapshot
  }

  #showSnapshot(reading: TableSnapshot): void {
    this.#readsSinceShown = 0
    this.#view = clampSelection(
      { ...this.#view, snapshot: reading, time: new Date().toTimeString().slice(0, 8) },
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
