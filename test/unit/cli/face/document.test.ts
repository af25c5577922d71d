import { describe, expect, it } from 'vitest'
import { commandsOf, toDocument } from '../../../../src/cli/face/document.ts'
import { destination, service, WEB } from '../ipvsadm/tables.ts'

const SERVICES = [
  service(WEB, {
    scheduler: 'sh',
    schedulerFlags: ['sh-port'],
    persistence: { timeout: 60, mask: '255.255.255.0' },
    destinations: [
      destination('10.0.0.1', { weight: 0, upperThreshold: 10, lowerThreshold: 5 }),
      destination('10.0.0.2', { forwarding: 'tun', tunnel: { type: 'gue', port: 6080, checksum: 'none' } }),
    ],
  }),
  service({ fwmark: 7, family: 'ipv6' }, { onePacket: true, persistenceEngine: 'sip' }),
]

describe('the document of a table', () => {
  it('has what can be set and is not the default, and nothing that was counted', () => {
    expect(toDocument(SERVICES)).toEqual({
      services: [
        {
          service: 'tcp://192.0.2.1:80',
          scheduler: 'sh',
          schedulerFlags: ['sh-port'],
          persistence: { timeout: 60, mask: '255.255.255.0' },
          destinations: [
            {
              address: '10.0.0.1',
              port: 80,
              forwarding: 'dr',
              weight: 0,
              upperThreshold: 10,
              lowerThreshold: 5,
            },
            {
              ...{ address: '10.0.0.2', port: 80, forwarding: 'tun', weight: 1 },
              tunnel: { type: 'gue', port: 6080, checksum: 'none' },
            },
          ],
        },
        {
          service: 'fwmark://7/ipv6',
          scheduler: 'wlc',
          onePacket: true,
          persistenceEngine: 'sip',
          destinations: [],
        },
      ],
    })
  })

  it('makes the commands that build the table again', () => {
    const commands = [...commandsOf(JSON.parse(JSON.stringify(toDocument(SERVICES))))]
    expect(commands.map(({ command }) => command)).toEqual([
      ...['addService', 'addDestination', 'addDestination', 'addService'],
    ])
    expect(commands[0]).toMatchObject({ service: { ...WEB, scheduler: 'sh', schedulerFlags: ['sh-port'] } })
    expect(commands[2]).toMatchObject({ destination: { address: '10.0.0.2', tunnel: { type: 'gue' } } })
  })

  it.each([
    [null, /the document must be { services: \[...\] }/],
    [{ services: 1 }, /the document must be/],
    [{ services: [{}] }, /services\[0\].service must be text such as/],
    [{ services: [null] }, /services\[0\].service must be text such as/],
    [
      { services: [{ service: 'tcp://192.0.2.1:80', destinations: 1 }] },
      /services\[0\].destinations must be a list/,
    ],
  ])('refuses %j', (document, message) => {
    expect(() => [...commandsOf(document)]).toThrow(message)
  })
})
