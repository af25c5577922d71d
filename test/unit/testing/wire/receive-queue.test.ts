import { describe, expect, it } from 'vitest'
import { NLM_F_ACK, NLM_F_REQUEST, NLMSG_NOOP } from '../../../../src/netlink/wire/uapi.ts'
import { WireWriter } from '../../../../src/netlink/wire/wire.ts'
import { PROFILES } from '../../../../src/testing/ipvs/profile.ts'
import { SimulatedKernel } from '../../../../src/testing/simulated-kernel.ts'
import { makeKernel } from '../../../support/testing/make-kernel.ts'
import { RawSocket } from '../../../support/testing/raw-socket.ts'

const DEFAULT_BUFFER = 212_992

function noops(count: number): Uint8Array {
  const writer = new WireWriter()
  for (let sequence = 1; sequence <= count; sequence++) {
    writer.endMessage(writer.beginMessage(NLMSG_NOOP, NLM_F_REQUEST | NLM_F_ACK, sequence))
  }
  return writer.bytes.slice(0, writer.length)
}

describe('a receive buffer of the default size', () => {
  it.each([
    ['6.1', 768, 277],
    ['6.18', 832, 256],
    ['6.12 in user mode', 896, 237],
    ['7.2', 960, 221],
  ])(
    'holds as many acknowledgements as that of Linux %s, where each takes %i bytes: %i',
    async (_, answerCost, held) => {
      const kernel = new SimulatedKernel({ profile: { ...PROFILES['6.12'], answerCost } })
      const transport = kernel.connect({ receiveBuffer: DEFAULT_BUFFER })
      const socket = await RawSocket.open(transport)
      expect(await socket.send(noops(held))).toMatchObject({ state: 'complete' })
      const { state, messages } = await socket.send(noops(held + 50))
      expect(state).toBe('overrun')
      expect(messages).toHaveLength(held)
      expect(await socket.send(noops(held))).toMatchObject({ state: 'complete' })
    },
  )

  it('loses replies, not commands', async () => {
    const { kernel, ipvs } = await makeKernel()
    kernel.faults.inject({ on: 'NEW_DEST', fault: { kind: 'overrun' } })
    await ipvs.addDestination('tcp://192.0.2.10:80', { address: '192.0.2.20', forwarding: 'dr' })
    expect(kernel.state().services[0]?.destinations).toHaveLength(1)
  })
})
