import { describe, expect, it } from 'vitest'
import type { Timeouts } from '../../../../src/index.ts'
import { before, since } from '../../../support/kernel/kernel.ts'
import { makeNamespace } from '../../../support/kernel/namespace.ts'

const DEFAULTS: Timeouts = { tcp: 900, tcpFin: 120, udp: 300 }

describe('info', () => {
  it('has the version that ipvsadm shows', async () => {
    const { ipvs } = await makeNamespace()
    expect((await ipvs.info()).version).toBe('1.2.1')
  })

  before('7.1', 'has the size of the connection table that the module was loaded with', async () => {
    const host = await makeNamespace()
    const bits = await host.read('/sys/module/ip_vs/parameters/conn_tab_bits')
    expect((await host.ipvs.info()).connectionTableSize).toBe(2 ** Number(bits))
  })

  since('7.1', 'has a connection table only from the first service on', async () => {
    const { ipvs } = await makeNamespace()
    expect((await ipvs.info()).connectionTableSize).toBe(0)
    await ipvs.addService({ fwmark: 1 })
    expect((await ipvs.info()).connectionTableSize).toBe(256)
  })
})

describe('timeouts', () => {
  it('have the kernel’s defaults at first', async () => {
    const { ipvs } = await makeNamespace()
    expect(await ipvs.timeouts()).toEqual(DEFAULTS)
  })

  it.each(Object.keys(DEFAULTS))('%s is set, and the others keep their values', async (name) => {
    const { ipvs } = await makeNamespace()
    await ipvs.setTimeouts({ [name]: 77 })
    expect(await ipvs.timeouts()).toEqual({ ...DEFAULTS, [name]: 77 })
  })

  it('are set together, from one second up; omitted ones keep their values', async () => {
    const { ipvs } = await makeNamespace()
    const timeouts = { tcp: 1, tcpFin: 8_000_000, udp: 2 }
    await ipvs.setTimeouts(timeouts)
    await ipvs.setTimeouts({})
    await ipvs.setTimeouts({ tcp: undefined } as object)
    expect(await ipvs.timeouts()).toEqual(timeouts)
  })

  it('belong to their namespace', async () => {
    const [{ ipvs }, other] = [await makeNamespace(), await makeNamespace()]
    await ipvs.setTimeouts({ udp: 5 })
    expect(await other.ipvs.timeouts()).toEqual(DEFAULTS)
  })
})

describe('flush', () => {
  it('removes every service of its namespace and nothing else', async () => {
    const [{ ipvs }, other] = [await makeNamespace(), await makeNamespace()]
    for (const client of [ipvs, other.ipvs]) {
      await client.addService({ protocol: 'tcp', address: '192.0.2.10', port: 80 })
      await client.addDestination('tcp://192.0.2.10:80', { address: '192.0.2.20', forwarding: 'dr' })
      await client.addService({ fwmark: 1, family: 'ipv6' })
    }
    await ipvs.startDaemon({ role: 'master', interface: 'lo' })
    await ipvs.startDaemon({ role: 'backup', interface: 'lo' })
    await ipvs.setTimeouts({ tcp: 7 })
    const daemons = await ipvs.daemons()

    await ipvs.flush()

    expect(await ipvs.services()).toEqual([])
    expect(await ipvs.daemons()).toEqual(daemons)
    expect(await ipvs.timeouts()).toEqual({ ...DEFAULTS, tcp: 7 })
    expect(await other.ipvs.services()).toHaveLength(2)
  })

  it('succeeds on an empty table', async () => {
    const { ipvs } = await makeNamespace()
    await expect(ipvs.flush()).resolves.toBeUndefined()
  })
})
