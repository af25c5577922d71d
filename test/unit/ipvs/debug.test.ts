import { format } from 'node:util'
import { beforeEach, expect, it, vi } from 'vitest'
import { openClient } from '../../support/ipvs/simulated-client.ts'

const lines = vi.hoisted((): string[] => [])

// Node.js reads NODE_DEBUG once, at its start.
vi.mock('node:util', async (original) => {
  const debuglog = (section: string) =>
    Object.assign((...rest: unknown[]) => void lines.push(`${section}: ${format(...rest)}`), {
      enabled: true,
    })
  return { ...(await original<object>()), debuglog }
})

const WEB = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const

beforeEach(() => {
  lines.length = 0
})

it('NODE_DEBUG=lvs-wire prints every message sent and received, the lookup of the family first', async () => {
  const { ipvs } = await openClient({ services: [WEB] })
  await ipvs.removeService(WEB)
  expect(lines.filter((line) => line.startsWith('lvs-wire'))).toEqual([
    expect.stringMatching(/^lvs-wire: sent #1 controller, /),
    expect.stringMatching(/^lvs-wire: received #1 controller, /),
    'lvs-wire: received #1 ACK',
    'lvs-wire: sent #2 DEL_SERVICE { service: { family: 2, protocol: 6, address: c0000201000000000000000000000000, port: 80 } }',
    'lvs-wire: received #2 ACK',
  ])
})

it('NODE_DEBUG=lvs prints every command and how it ended', async () => {
  const { ipvs } = await openClient()
  await ipvs.addService(WEB)
  await ipvs.removeService({ ...WEB, port: 81 }).catch(() => {})
  expect(lines.filter((line) => line.startsWith('lvs:'))).toEqual([
    'lvs: addService tcp://192.0.2.1:80: done',
    expect.stringMatching(/^lvs: removeService tcp:\/\/192\.0\.2\.1:81: IpvsError: .*ESRCH/s),
  ])
})
