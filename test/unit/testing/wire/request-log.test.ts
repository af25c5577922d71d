import { expect, it } from 'vitest'
import { makeKernel, WEB } from '../../../support/testing/make-kernel.ts'

it('lines has the changes, one per line, with their errors', async () => {
  const { kernel, ipvs } = await makeKernel()
  await ipvs.addService({
    protocol: 'udp',
    address: '2001:db8::1',
    port: 53,
    onePacket: true,
    scheduler: 'sh',
    schedulerFlags: ['sh-port'],
  })
  await ipvs.updateService(WEB, { persistence: { timeout: 60, mask: 24 }, scheduler: 'wrr' })
  await ipvs.addDestination(WEB, {
    address: '2001:db8::9',
    forwarding: 'tun',
    tunnel: { type: 'gue', port: 6080 },
    upperThreshold: 9,
  })
  await ipvs.removeDestination(WEB, { address: '192.0.2.99' }).catch(() => {})
  await ipvs.startDaemon({ role: 'backup', interface: 'lo' }).catch(() => {})
  await ipvs.setTimeouts({ udp: 7 })
  await ipvs.zero(WEB)
  await ipvs.flush()
  expect(kernel.log.lines).toEqual([
    'NEW_SERVICE udp://[2001:db8::1]:53 sh sh-port one-packet',
    'SET_SERVICE tcp://192.0.2.10:80 wrr persistent 60/255.255.255.0',
    'NEW_DEST tcp://192.0.2.10:80 -> [2001:db8::9]:80 tun weight 1 thresholds 0..9 {"type":"gue","port":6080,"checksum":"none"}',
    'DEL_DEST tcp://192.0.2.10:80 -> 192.0.2.99:80: ENOENT',
    'NEW_DAEMON backup on lo syncId 0: EINVAL',
    'SET_CONFIG { udpTimeout: 7 }',
    'ZERO tcp://192.0.2.10:80',
    'FLUSH',
  ])
})

it('difference() shows missing and unexpected lines', async () => {
  const { kernel, ipvs } = await makeKernel([1])
  await ipvs.flush()
  await ipvs.zero()
  expect(kernel.log.difference(['FLUSH', 'ZERO'])).toBe('')
  expect(kernel.log.difference(['ZERO', 'DEL_SERVICE tcp://192.0.2.10:80'])).toBe(
    '+ FLUSH\n  ZERO\n- DEL_SERVICE tcp://192.0.2.10:80',
  )
})

it('requests also has reads, with the namespace and the time of each request', async () => {
  const { kernel, ipvs } = await makeKernel([1])
  kernel.log.clear()
  kernel.clock.advance(5)
  await ipvs.service(WEB)
  expect(
    kernel.log.requests.map(({ command, isDump, service, netns, time }) => [
      command,
      isDump,
      service,
      netns,
      time,
    ]),
  ).toEqual([
    ['GET_SERVICE', false, WEB, '', 5],
    ['GET_DEST', true, WEB, '', 5],
  ])
  expect(kernel.log.changes).toEqual([])
})
