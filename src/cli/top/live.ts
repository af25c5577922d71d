import { IpvsUnavailableError } from '../../errors.ts'
import type { Ipvs } from '../../ipvs/ipvs-client.ts'
import { describeFailure } from '../io/failure.ts'
import { readServices } from '../io/read-services.ts'
import { press } from './keys/handle-key.ts'
import { paint, rowsOn } from './render/render.ts'
import type { Effect, Key } from './keys/key-result.ts'
import { NOTHING_READ, type Reading, takeReading } from './model/table-snapshot.ts'
import { READING } from './model/rate-sample.ts'
import { INTERRUPTED } from './signals.ts'
import type { Listener, OpenSurface, Surface } from './top-screen.ts'
import { firstView, rememberChange, settle, type View, type WeightChange } from './model/view.ts'

/** Readings that may fail one after another before it is given up. */
const PATIENCE = 3

/** What a live view is made of. */
export interface LiveOptions {
  readonly ipvs: Ipvs
  /** Seconds from one picture to the next. */
  readonly interval: number
  /** How the network namespace is called, if it is not the process's own. */
  readonly netns: string | undefined
  readonly open: OpenSurface
  /** Seconds, from any moment on. */
  readonly now?: () => number
}

/** Shows the table on a surface until somebody ends it. Gives the exit status; rejects when the kernel cannot be read. */
export async function showLive(options: LiveOptions): Promise<number> {
  const live = new Live(options)
  return await live.run(options.open)
}

/** The one place where time passes, the kernel is asked and keys come in; everything else follows from the view. */
class Live implements Listener {
  readonly #ipvs: Ipvs
  readonly #now: () => number
  readonly #end = new AbortController()
  readonly #over: Promise<number>
  #finish!: (status: number) => void
  #fail!: (error: unknown) => void
  #view: View
  #surface: Surface | undefined
  /** The last reading; the picture may show an earlier one. */
  #reading: Reading
  /** Readings since the one that is shown. */
  #unseen = 0
  /** Readings that failed, one after another. */
  #failures = 0
  /** Ends the pause between readings. */
  #hurry: () => void = () => undefined
  /** The changes that are under way. */
  #changes: Promise<void> = Promise.resolve()

  constructor({ ipvs, interval, netns, now = monotonicSeconds }: LiveOptions) {
    this.#ipvs = ipvs
    this.#now = now
    this.#reading = NOTHING_READ
    this.#view = firstView(interval, netns)
    this.#over = new Promise((resolve, reject) => {
      this.#finish = resolve
      this.#fail = reject
    })
  }

  async run(open: OpenSurface): Promise<number> {
    // What cannot be read at all is told on an ordinary screen.
    this.#show(await this.#read())
    this.#surface = await open(this)
    try {
      this.#paint()
      this.#readOn().catch(this.#fail)
      const status = await this.#over
      if (status === 0) await this.#changes
      return status
    } finally {
      this.#end.abort()
      this.#hurry()
      this.#surface.close()
    }
  }

  press(key: Key): void {
    const before = this.#view
    const { view, effect } = press(before, key, this.#height)
    this.#view = view
    if (view.isPaused !== before.isPaused || view.interval !== before.interval) this.#hurry()
    if (effect !== undefined) this.#act(effect)
    this.#paint()
  }

  resize(): void {
    this.#view = settle(this.#view, this.#height)
    this.#paint()
  }

  end(status: number): void {
    this.#finish(status)
  }

  get #height(): number {
    return this.#surface === undefined ? 1 : rowsOn(this.#surface.size)
  }

  #paint(): void {
    if (this.#surface !== undefined && !this.#end.signal.aborted) {
      this.#surface.paint(paint(this.#view, this.#surface.size))
    }
  }

  #act(effect: Effect): void {
    switch (effect.kind) {
      case 'quit':
        this.#finish(0)
        break
      case 'interrupt':
        this.#finish(INTERRUPTED)
        break
      case 'suspend':
        this.#surface?.suspend()
        break
      case 'redraw':
        this.#surface?.forget()
        break
      case 'change':
        this.#changes = this.#changes.then(() => this.#change(effect.change))
    }
  }

  async #change(change: WeightChange): Promise<void> {
    const { service, key } = change.destination
    try {
      await this.#ipvs.updateDestination(service, { ...key, weight: change.weight })
      this.#view = rememberChange(this.#view, change)
    } catch (error) {
      this.#alarm(describeFailure(error).message)
    }
    this.#unseen = Number.POSITIVE_INFINITY
    this.#hurry()
    this.#paint()
  }

  /** Reads until the end, often enough to see every sample; not each reading is shown. */
  async #readOn(): Promise<void> {
    for (;;) {
      const { interval } = this.#view
      const readings = Math.ceil(interval / READING)
      await this.#pause(interval / readings)
      if (this.#end.signal.aborted) return
      if (this.#view.isPaused) continue
      const reading = await this.#readOnceMore()
      if (reading === undefined || ++this.#unseen < readings) continue
      this.#show(reading)
      this.#paint()
    }
  }

  /** A failure is told, and only several of them are the end. */
  async #readOnceMore(): Promise<Reading | undefined> {
    try {
      const reading = await this.#read()
      if (this.#failures > 0) this.#view = { ...this.#view, notice: undefined }
      this.#failures = 0
      return reading
    } catch (error) {
      if (this.#end.signal.aborted) return undefined
      if (error instanceof IpvsUnavailableError || ++this.#failures === PATIENCE) throw error
      this.#alarm(`not read, and tried again: ${describeFailure(error).message}`)
      this.#paint()
      return undefined
    }
  }

  async #read(): Promise<Reading> {
    const services = await readServices(this.#ipvs, [], this.#end.signal)
    this.#reading = takeReading(this.#reading, services, this.#now())
    return this.#reading
  }

  #show(reading: Reading): void {
    this.#unseen = 0
    this.#view = settle({ ...this.#view, reading, time: new Date().toTimeString().slice(0, 8) }, this.#height)
  }

  #alarm(text: string): void {
    this.#view = { ...this.#view, notice: { text, isAlarm: true } }
  }

  #pause(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000)
      this.#hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

function monotonicSeconds(): number {
  return performance.now() / 1000
}
