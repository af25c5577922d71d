import { beforeEach, describe, expect, it } from 'vitest'
import { AddonError } from '../../../src/errors.ts'
import { IpvsClient } from '../../../src/ipvs/ipvs-client.ts'
import { FakeKernel } from '../../support/ipvs/fake-kernel.ts'

describe('probing', () => {
  const probe = (transport: FakeKernel) => IpvsClient.probe({ transport })
  let probed: FakeKernel

  beforeEach(() => {
    probed = new FakeKernel()
  })

  it('says that IPVS is there, and which', async () => {
    probed.script.GET_INFO = () => ({
      replies: [
        { command: 14, body: (writer) => writer.view.setUint32(writer.payload(1, 4), 0x0001_0201, true) },
      ],
    })
    expect(await probe(probed)).toEqual({
      available: true,
      info: { version: '1.2.1', connectionTableSize: 0 },
    })
  })

  it('says no-ipvs when the kernel has none', async () => {
    probed.familyId = undefined
    expect(await probe(probed)).toMatchObject({
      available: false,
      reason: 'no-ipvs',
      error: { code: 'ERR_LVS_UNAVAILABLE' },
    })
  })

  it('says no-privilege when the kernel refuses for want of it', async () => {
    probed.script.GET_INFO = () => ({ errno: 1 })
    const found = await probe(probed)
    expect(found).toMatchObject({ available: false, reason: 'no-privilege', error: { code: 'EPERM' } })
    expect(found.available === false && found.error.message).toContain('CAP_NET_ADMIN')
  })

  it.each(['EPERM', 'EACCES'])(
    'says no-privilege when the namespace cannot be entered (%s)',
    async (code) => {
      probed.openings.push(Object.assign(new Error(code), { code, syscall: 'setns' }))
      expect(await probe(probed)).toMatchObject({ available: false, reason: 'no-privilege' })
    },
  )

  it.each([
    ['there is no such namespace', Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'open' })],
    ['the addon was not built', new AddonError('/app/node_modules/@lvs/netlink', new Error('not found'))],
  ])('says failed, with the error, when %s', async (_, error) => {
    probed.openings.push(error)
    expect(await probe(probed)).toEqual({ available: false, reason: 'failed', error })
  })

  it('leaves no socket open, whatever it finds', async () => {
    await probe(probed)
    probed.script.GET_INFO = () => ({ errno: 1 })
    await probe(probed)
    probed.familyId = undefined
    await probe(probed)
    expect(probed.sockets.map(({ closed }) => closed)).toEqual([true, true, true])
  })

  it('rejects when it is misused, and with the reason of its signal', async () => {
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
