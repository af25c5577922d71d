import { beforeEach, describe, expect, it } from 'vitest'
import { AddonError } from '../../../src/errors.ts'
import { IpvsClient } from '../../../src/ipvs/ipvs-client.ts'
import type { Transport } from '../../../src/netlink/transport/transport.ts'
import { SimulatedKernel } from '../../../src/testing/simulated-kernel.ts'
import { ObservedTransport } from '../../support/netlink/observed-transport.ts'

describe('probing', () => {
  const probe = (transport: Transport) => IpvsClient.probe({ transport })
  let kernel: SimulatedKernel
  let probed: ObservedTransport

  beforeEach(() => {
    kernel = new SimulatedKernel({ profile: '6.12' })
    probed = new ObservedTransport(kernel)
  })

  it('reports that IPVS is available, and which version', async () => {
    expect(await probe(probed)).toEqual({
      available: true,
      info: { version: '1.2.1', connectionTableSize: 4096 },
    })
  })

  it('reports no-ipvs if the kernel has no IPVS', async () => {
    kernel.module.unload('absent')
    expect(await probe(probed)).toMatchObject({
      available: false,
      reason: 'no-ipvs',
      error: { code: 'ERR_LVS_UNAVAILABLE' },
    })
  })

  it('reports no-privilege when the kernel refuses the request with EPERM', async () => {
    const found = await probe(kernel.connect({ privileged: false }))
    expect(found).toMatchObject({ available: false, reason: 'no-privilege', error: { code: 'EPERM' } })
    expect(found.available === false && found.error.message).toContain('CAP_NET_ADMIN')
  })

  it.each(['EPERM', 'EACCES'])(
    'reports no-privilege when the namespace cannot be entered (%s)',
    async (code) => {
      probed.failures.push(Object.assign(new Error(code), { code, syscall: 'setns' }))
      expect(await probe(probed)).toMatchObject({ available: false, reason: 'no-privilege' })
    },
  )

  it.each([
    ['there is no such namespace', Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'open' })],
    ['the addon was not built', new AddonError('/app/node_modules/@lvs/netlink', new Error('not found'))],
  ])('reports failed, with the error, when %s', async (_, error) => {
    probed.failures.push(error)
    expect(await probe(probed)).toEqual({ available: false, reason: 'failed', error })
  })

  it('leaves no socket open, whatever the result', async () => {
    const unprivileged = new ObservedTransport(kernel.connect({ privileged: false }))
    await probe(probed)
    await probe(unprivileged)
    kernel.module.unload('absent')
    await probe(probed)
    const sockets = [...probed.sockets, ...unprivileged.sockets]
    expect(sockets.map(({ closed }) => closed)).toEqual([true, true, true])
  })

  it('rejects for invalid options, and with the reason of its signal', async () => {
    await expect(IpvsClient.probe({ transport: probed, timeout: -1 })).rejects.toMatchObject({
      name: 'RangeError',
      field: 'timeout',
    })
    const reason = new Error('enough')
    await expect(IpvsClient.probe({ transport: probed, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    )
  })
})
