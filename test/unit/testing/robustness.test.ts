/** Whatever fault happens at any exchange of a call: the call ends, reports its true outcome, and the next call works. */

import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { IpvsError, NetlinkError } from '../../../src/errors.ts'
import { Ipvs } from '../../../src/index.ts'
import { SimulatedKernel } from '../../../src/testing/simulated-kernel.ts'
import type { Fault } from '../../../src/testing/wire/fault.ts'
import { CALLS } from '../../support/kernel/ipvs/calls.ts'

const WEB = 'tcp://192.0.2.10:80'

/** The timeout of the client, which a kernel that hangs exceeds. */
const TIMEOUT = 100

const FAULTS: Readonly<Record<string, Fault>> = {
  'refused with ENOMEM': { kind: 'refuse', error: 'ENOMEM' },
  'refused with ENOENT': { kind: 'refuse', error: 'ENOENT' },
  'refused with EBUSY': { kind: 'refuse', error: 'EBUSY' },
  silence: { kind: 'silence' },
  'all answers lost': { kind: 'overrun' },
  'all answers but one lost': { kind: 'overrun', keep: 1 },
  'an answer cut': { kind: 'truncate' },
  'an answer cut to its header': { kind: 'truncate', bytes: 16 },
  'an answer torn': { kind: 'tear' },
  'an answer torn to pieces': { kind: 'tear', bytes: 30 },
  'a foreign sequence number': { kind: 'foreign-sequence' },
  'a slow kernel': { kind: 'delay', milliseconds: 1 },
  'a kernel that hangs': { kind: 'hang' },
  'sendmsg fails': { kind: 'system-call', call: 'sendmsg', error: 'ENOBUFS' },
  'recvmmsg fails': { kind: 'system-call', call: 'recvmmsg', error: 'ENOMEM' },
}

async function prepare(timeout = 30_000) {
  const kernel = new SimulatedKernel({ profile: '6.12' })
  kernel.setState({
    services: [
      {
        ...{ protocol: 'tcp', address: '192.0.2.10', port: 80, scheduler: 'rr' },
        destinations: [{ address: '192.0.2.20', port: 80, forwarding: 'dr' }],
      },
    ],
  })
  const ipvs = await Ipvs.open({ transport: kernel, timeout })
  await ipvs.startDaemon({ role: 'master', interface: 'lo' })
  kernel.log.clear()
  return { kernel, ipvs }
}

/** The call stopDaemon requires a daemon; the call startDaemon requires that there is none. */
function arrange(name: string, ipvs: Ipvs): Promise<void> {
  return name === 'stopDaemon' ? ipvs.startDaemon({ role: 'backup', interface: 'lo' }) : Promise.resolve()
}

/** A call without faults: the number of its requests, and the state before and after. */
async function undisturbed(name: string) {
  const { kernel, ipvs } = await prepare()
  await arrange(name, ipvs)
  kernel.log.clear()
  const before = kernel.state()
  await CALLS[name]!(ipvs)
  const requests = kernel.log.requests.length
  ipvs.close()
  return { before, after: kernel.state(), requests }
}

async function disturbed(name: string, fault: Fault, place: number) {
  const { kernel, ipvs } = await prepare(fault.kind === 'hang' ? TIMEOUT : 30_000)
  await arrange(name, ipvs)
  kernel.faults.inject({ after: place, fault })
  const error = await CALLS[name]!(ipvs).then(
    () => undefined,
    (reason: unknown) => reason as Error,
  )
  const state = kernel.state()
  kernel.faults.clear()
  // The next call works.
  const services = await ipvs.services()
  expect(services).toHaveLength(state.services.length)
  ipvs.close()
  return { error, state }
}

describe.each(Object.keys(CALLS))('the call %s', (name) => {
  it.each(Object.keys(FAULTS))('settles with %s', async (what) => {
    const { before, after, requests } = await undisturbed(name)
    for (let place = 0; place < requests; place++) {
      const { error, state } = await disturbed(name, FAULTS[what]!, place)
      const [done, undone] = [isDeepStrictEqual(state, after), isDeepStrictEqual(state, before)]
      const told = `${name}, request ${place}: ${error}`
      if (error === undefined) {
        expect(done, `${told} resolved and is done`).toBe(true)
      } else if (error instanceof NetlinkError) {
        if (error.outcome === 'done') expect(done, told).toBe(true)
        else if (error.outcome === 'not-done') expect(undone, told).toBe(true)
        else expect(done || undone, told).toBe(true)
      } else {
        expect(error, told).toBeInstanceOf(IpvsError)
        expect(undone, `${told} was refused and is not done`).toBe(true)
      }
    }
  })
})

describe('open', () => {
  it.each(Object.keys(FAULTS))('settles with %s', async (what) => {
    const kernel = new SimulatedKernel()
    kernel.faults.inject({ on: 'GETFAMILY', fault: FAULTS[what]! })
    const opened = await Ipvs.open({ transport: kernel, timeout: TIMEOUT }).catch((error: Error) => error)
    if (opened instanceof Ipvs) expect(await opened.services()).toEqual([])
    else expect(opened).toBeInstanceOf(Error)

    kernel.faults.clear()
    await using ipvs = await Ipvs.open({ transport: kernel })
    expect(await ipvs.services()).toEqual([])
  })
})

describe('after the module was reloaded', () => {
  it.each(Object.keys(CALLS))('%s settles', async (name) => {
    const { requests } = await undisturbed(name)
    for (let place = 0; place < requests; place++) {
      const { kernel, ipvs } = await prepare()
      kernel.faults.inject({ after: place, fault: { kind: 'meanwhile', run: () => kernel.module.unload() } })
      await CALLS[name]!(ipvs).catch((error: unknown) => expect(error).toBeInstanceOf(Error))
      await expect(
        ipvs.addService({ protocol: 'udp', address: '192.0.2.11', port: 53 }),
      ).resolves.toBeUndefined()
      ipvs.close()
    }
  })
})

describe('after another client removed the service', () => {
  it.each(Object.keys(CALLS))('%s settles', async (name) => {
    const { requests } = await undisturbed(name)
    for (let place = 0; place < requests; place++) {
      const { kernel, ipvs } = await prepare()
      const run = () => kernel.run([{ command: 'removeService', service: WEB }])
      kernel.faults.inject({ after: place, fault: { kind: 'meanwhile', run } })
      await CALLS[name]!(ipvs).catch((error: unknown) => {
        expect(error).toBeInstanceOf(IpvsError)
        expect(['ESRCH', 'ENOENT', 'EEXIST']).toContain((error as IpvsError).code)
      })
      await expect(ipvs.services()).resolves.toBeInstanceOf(Array)
      ipvs.close()
    }
  })
})
