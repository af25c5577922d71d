import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Ipvs } from '../../../../src/state/ipvs.ts'
import { SimulatedKernel } from '../../../../src/testing/simulated-kernel.ts'

/**
 * Arguments whose getters return another value at each read, throw, close the client or call it. All numbers of one call have the
 * same remainder, so that a message made of two calls shows.
 */

/** The number of calls in one run; `HOSTILE_CALLS=100000` for a long one. */
const { HOSTILE_CALLS = '4000' } = process.env
const CALLS = Number(HOSTILE_CALLS)
const CALLS_PER_CLIENT = 20
const MODULUS = 1000

type Trap = 'none' | 'moves' | 'throws' | 'closes' | 'calls' | 'batches'
type Form = 'getters' | 'class' | 'proxy'
interface Call {
  readonly command:
    | 'addService'
    | 'removeService'
    | 'addDestination'
    | 'updateDestination'
    | 'removeDestination'
  readonly isBatched: boolean
  readonly form: Form
  readonly trap: Trap
  /** The field that has the trap, by position. */
  readonly position: number
}

const calls = fc.record<Call>({
  command: fc.constantFrom(
    'addService',
    'removeService',
    'addDestination',
    'updateDestination',
    'removeDestination',
  ),
  isBatched: fc.boolean(),
  form: fc.constantFrom('getters', 'class', 'proxy'),
  trap: fc.oneof(
    { arbitrary: fc.constantFrom<Trap>('none', 'moves'), weight: 8 },
    { arbitrary: fc.constantFrom<Trap>('throws', 'calls', 'batches'), weight: 4 },
    { arbitrary: fc.constant<Trap>('closes'), weight: 1 },
  ),
  position: fc.nat(10),
})

/** An object whose field at `position` runs `trap` when it is read. */
function withTrap(
  values: Record<string, unknown>,
  form: Form,
  position: number,
  trap: (value: unknown) => unknown,
) {
  const names = Object.keys(values)
  const trapped = names[position % names.length]!
  const read = (name: string) => (name === trapped ? trap(values[name]) : values[name])
  if (form === 'proxy') {
    return new Proxy(values, { get: (_, name) => (typeof name === 'string' ? read(name) : undefined) })
  }
  const properties = Object.fromEntries(
    names.map((name) => [name, { get: () => read(name), enumerable: form === 'getters' }]),
  )
  return form === 'class'
    ? Object.create(Object.defineProperties({}, properties))
    : Object.defineProperties({}, properties)
}

/** Makes the calls on one client. Returns all promises, and those that getters caused. */
function makeCalls(ipvs: Ipvs, list: readonly Call[]): Promise<unknown>[] {
  const promises: Promise<unknown>[] = []
  const add = (promise: Promise<unknown>) => {
    // Getters may be read again, and call again, when a message is composed for an error.
    promise.catch(() => undefined)
    promises.push(promise)
  }
  const run = (call: Call, number: number) => {
    let reads = 0
    const trap = (value: unknown) => {
      reads++
      if (call.trap === 'moves' && typeof value === 'number') return value + MODULUS * reads
      if (call.trap === 'throws') throw new Error('thrown by a getter')
      if (call.trap === 'closes') ipvs.close()
      if (call.trap === 'calls') add(ipvs.addService(serviceOf(number + 1)))
      if (call.trap === 'batches')
        add(ipvs.batch([{ command: 'addService', service: serviceOf(number + 1) }]))
      return value
    }
    const [onService, onDestination] = call.position % 2 === 0 ? [trap, identity] : [identity, trap]
    const service = withTrap(serviceOf(number), call.form, call.position, onService)
    const destination = withTrap(destinationOf(number), call.form, call.position, onDestination)
    const command = { command: call.command, service, destination }
    if (call.isBatched) return ipvs.batch([command] as never)
    return call.command === 'addService' || call.command === 'removeService'
      ? ipvs[call.command](service as never)
      : ipvs[call.command](service as never, destination as never)
  }
  for (const [index, call] of list.entries()) add(run(call, index + 1))
  return promises
}

const identity = (value: unknown) => value
const serviceOf = (number: number) => ({ protocol: 'tcp', address: '192.0.2.1', port: number }) as const
const destinationOf = (number: number) =>
  ({
    address: '10.0.0.1',
    port: number,
    forwarding: 'nat',
    weight: number,
    upperThreshold: number,
    lowerThreshold: number,
  }) as const

describe('calls with hostile arguments', () => {
  it('all settle, and send what was read in one message of their own', { timeout: 1_200_000 }, async () => {
    let sent = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(calls, { minLength: CALLS_PER_CLIENT, maxLength: CALLS_PER_CLIENT }),
        async (list) => {
          const kernel = new SimulatedKernel()
          const ipvs = await Ipvs.open({ transport: kernel.connect() })
          kernel.log.clear()
          const promises = makeCalls(ipvs, list)
          for (let settled = 0; settled < promises.length; ) {
            settled = (await Promise.allSettled(promises)).length
          }
          ipvs.close()
          for (const line of kernel.log.lines) {
            const numbers = [...line.matchAll(/(?<=:|weight |threshold |thresholds |Threshold )\d+/g)].map(
              Number,
            )
            expect(new Set(numbers.map((number) => number % MODULUS)).size, line).toBe(1)
            sent++
          }
        },
      ),
      { numRuns: Math.ceil(CALLS / CALLS_PER_CLIENT) },
    )
    expect(sent).toBeGreaterThan(CALLS / 10)
  })
})
