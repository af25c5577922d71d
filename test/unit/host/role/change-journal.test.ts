import { describe, expect, it, onTestFinished } from 'vitest'
import { Director } from '../../../../src/host/role/director.ts'
import { RealServer } from '../../../../src/host/role/real-server.ts'
import { FakeHost } from '../../../support/host/fake-host.ts'
import { StateFolder } from '../../../support/host/state-folder.ts'

const ALL = 'net.ipv4.conf.all.arp_ignore'

function hostWithFile(beginning?: Parameters<typeof FakeHost.make>[0]) {
  const folder = new StateFolder()
  onTestFinished(() => folder[Symbol.dispose]())
  const host = FakeHost.make(beginning)
  const realServer = (...vips: string[]) =>
    new RealServer(host, { forwarding: 'dr', vips, stateFile: folder.path })
  return { host, folder, realServer, stateFile: folder.path }
}

describe('what somebody else changes', () => {
  it('after up() stays when the role is taken back, and is told', async () => {
    const { host, realServer } = hostWithFile()
    await realServer('192.0.2.1').up()
    host.interfere(ALL, '8')
    const { ok, items } = await realServer('192.0.2.1').down()
    expect(ok).toBe(false)
    expect(items).toContainEqual({ name: `sysctl ${ALL}`, expected: '0', actual: '8', ok: false })
    expect(host.sysctl(ALL)).toBe('8')
    expect(await realServer('192.0.2.1').down()).toEqual({ ok: true, items: [] })
  })

  it('after up(), and the next up() must change again, is what is put back', async () => {
    const { host, realServer } = hostWithFile()
    await realServer('192.0.2.1').up()
    host.interfere(ALL, '3')
    await realServer('192.0.2.1').up()
    expect(host.sysctl(ALL)).toBe('1')
    await realServer('192.0.2.1').down()
    expect(host.sysctl(ALL)).toBe('3')
  })

  it('back to what it was is right already', async () => {
    const { host, realServer } = hostWithFile()
    await realServer('192.0.2.1').up()
    host.interfere(ALL, '0')
    expect((await realServer('192.0.2.1').down()).ok).toBe(true)
    expect(host.sysctl(ALL)).toBe('0')
  })
})

describe('what several roles need', () => {
  it('goes back when the last of them is taken back, in any order', async () => {
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

  it('is counted by virtual address, so that one can be taken back of two that came together', async () => {
    const { host, realServer } = hostWithFile()
    await realServer('192.0.2.1', '192.0.2.2').up()
    await realServer('192.0.2.1').down()
    expect(host.addresses).toEqual(['192.0.2.2/32 on lo'])
    expect(host.sysctl(ALL)).toBe('1')
  })

  it('of different kinds share the file', async () => {
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
  it('takes back what it did', async () => {
    const { host, folder, realServer } = hostWithFile()
    const before = host.dump()
    const { network } = host
    network.ensureRoute = () => Promise.reject(new Error('no route'))
    await expect(realServer('192.0.2.1').up()).rejects.toThrow('no route')
    expect(host.dump()).toEqual(before)
    expect(folder.isEmpty).toBe(true)
  })

  it('leaves what an earlier one did', async () => {
    const { host, realServer } = hostWithFile()
    await realServer('192.0.2.1').up()
    const before = host.dump()
    host.network.ensureRoute = () => Promise.reject(new Error('no route'))
    await expect(realServer('192.0.2.2').up()).rejects.toThrow('no route')
    expect(host.dump()).toEqual(before)
    expect((await realServer('192.0.2.1').status()).ok).toBe(true)
  })

  it('leaves recorded what cannot be put back now', async () => {
    const { host, folder, realServer } = hostWithFile()
    const before = host.dump()
    await realServer('192.0.2.1').up()
    const { ensureNoAddress } = host.network
    host.network.ensureNoAddress = () => Promise.reject(new Error('not now'))
    await expect(realServer('192.0.2.1').down()).rejects.toThrow('not now')
    // As long as the address is there it must stay hidden.
    expect(host.sysctl(ALL)).toBe('1')
    host.network.ensureNoAddress = ensureNoAddress
    await realServer('192.0.2.1').down()
    expect(host.dump()).toEqual(before)
    expect(folder.isEmpty).toBe(true)
  })

  it('because it was given up takes back what it did', async () => {
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
