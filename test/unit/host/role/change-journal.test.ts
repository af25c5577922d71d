import { describe, expect, it, onTestFinished } from 'vitest'
import { Director } from '../../../../src/host/role/director.ts'
import { RealServer } from '../../../../src/host/role/real-server.ts'
import { SimulatedHost } from '../../../support/host/simulated-host.ts'
import { StateFolder } from '../../../support/host/state-folder.ts'

const ALL = 'net.ipv4.conf.all.arp_ignore'

function hostWithFile(initial?: Parameters<typeof SimulatedHost.create>[0]) {
  const folder = new StateFolder()
  onTestFinished(() => folder[Symbol.dispose]())
  const host = SimulatedHost.create(initial)
  const realServer = (...vips: string[]) =>
    new RealServer(host, { forwarding: 'dr', vips, stateFile: folder.path })
  return { host, folder, realServer, stateFile: folder.path }
}

describe('a change by another process', () => {
  it('after up() stays at down(), and is reported', async () => {
    const { host, realServer } = hostWithFile()
    await realServer('192.0.2.1').up()
    host.setSysctlFromOutside(ALL, '8')
    const { ok, items } = await realServer('192.0.2.1').down()
    expect(ok).toBe(false)
    expect(items).toContainEqual({ name: `sysctl ${ALL}`, expected: '0', actual: '8', ok: false })
    expect(host.sysctl(ALL)).toBe('8')
    expect(await realServer('192.0.2.1').down()).toEqual({ ok: true, items: [] })
  })

  it('that the next up() overwrites is restored by down()', async () => {
    const { host, realServer } = hostWithFile()
    await realServer('192.0.2.1').up()
    host.setSysctlFromOutside(ALL, '3')
    await realServer('192.0.2.1').up()
    expect(host.sysctl(ALL)).toBe('1')
    await realServer('192.0.2.1').down()
    expect(host.sysctl(ALL)).toBe('3')
  })

  it('that restores the original value is ok', async () => {
    const { host, realServer } = hostWithFile()
    await realServer('192.0.2.1').up()
    host.setSysctlFromOutside(ALL, '0')
    expect((await realServer('192.0.2.1').down()).ok).toBe(true)
    expect(host.sysctl(ALL)).toBe('0')
  })
})

describe('a change that several roles need', () => {
  it('is undone with the last of them, in any order', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const { host, folder, realServer } = hostWithFile()
      const before = host.dump()
      const roles = [realServer('192.0.2.1'), realServer('192.0.2.2')]
      for (const role of roles) await role.up()
      await roles[order[0]!]!.down()
      expect(host.sysctl(ALL)).toBe('1')
      expect((await roles[order[1]!]!.status()).ok).toBe(true)
      await roles[order[1]!]!.down()
      expect(host.dump()).toEqual(before)
      expect(folder.isEmpty).toBe(true)
    }
  })

  it('has one owner per virtual address, so that one of two can be undone', async () => {
    const { host, realServer } = hostWithFile()
    await realServer('192.0.2.1', '192.0.2.2').up()
    await realServer('192.0.2.1').down()
    expect(host.addresses).toEqual(['192.0.2.2/32 on lo'])
    expect(host.sysctl(ALL)).toBe('1')
  })

  it('is recorded in the file that all roles share', async () => {
    const { host, stateFile, realServer } = hostWithFile()
    const before = host.dump()
    const vips = [{ address: '192.0.2.9', interface: 'eth0' }]
    const director = new Director(host, { vips, forwarding: ['dr'], stateFile })
    await director.up()
    await realServer('192.0.2.1').up()
    await director.down()
    expect((await realServer('192.0.2.1').status()).ok).toBe(true)
    await realServer('192.0.2.1').down()
    expect(host.dump()).toEqual(before)
  })
})

describe('a call that fails', () => {
  it('undoes its changes', async () => {
    const { host, folder, realServer } = hostWithFile()
    const before = host.dump()
    const { network } = host
    network.ensureRoute = () => Promise.reject(new Error('no route'))
    await expect(realServer('192.0.2.1').up()).rejects.toThrow('no route')
    expect(host.dump()).toEqual(before)
    expect(folder.isEmpty).toBe(true)
  })

  it('keeps the changes of earlier calls', async () => {
    const { host, realServer } = hostWithFile()
    await realServer('192.0.2.1').up()
    const before = host.dump()
    host.network.ensureRoute = () => Promise.reject(new Error('no route'))
    await expect(realServer('192.0.2.2').up()).rejects.toThrow('no route')
    expect(host.dump()).toEqual(before)
    expect((await realServer('192.0.2.1').status()).ok).toBe(true)
  })

  it('keeps the records of changes that it cannot undo', async () => {
    const { host, folder, realServer } = hostWithFile()
    const before = host.dump()
    await realServer('192.0.2.1').up()
    const { ensureNoAddress } = host.network
    host.network.ensureNoAddress = () => Promise.reject(new Error('not now'))
    await expect(realServer('192.0.2.1').down()).rejects.toThrow('not now')
    // ARP stays suppressed as long as the address exists.
    expect(host.sysctl(ALL)).toBe('1')
    host.network.ensureNoAddress = ensureNoAddress
    await realServer('192.0.2.1').down()
    expect(host.dump()).toEqual(before)
    expect(folder.isEmpty).toBe(true)
  })

  it('because of its signal undoes its changes', async () => {
    const { host, realServer } = hostWithFile()
    const before = host.dump()
    const controller = new AbortController()
    const { ensureAddress } = host.network
    host.network.ensureAddress = async (address) => {
      controller.abort(new Error('too late'))
      return await ensureAddress(address)
    }
    await expect(realServer('192.0.2.1').up({ signal: controller.signal })).rejects.toThrow('too late')
    expect(host.dump()).toEqual(before)
  })
})
