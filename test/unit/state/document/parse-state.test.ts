import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { formatState } from '../../../../src/state/document/format-state.ts'
import { parseState } from '../../../../src/state/document/parse-state.ts'
import { DesiredStateError } from '../../../../src/state/document/problems.ts'
import { resolveDesiredState } from '../../../../src/state/document/resolve-desired-state.ts'
import { documentSchema, stateJsonSchema } from '../../../../src/state/document/schema.ts'
import type { DesiredState } from '../../../../src/state/model/desired-state.ts'
import {
  DAEMON_SETTINGS,
  DESTINATION_SETTINGS,
  SERVICE_SETTINGS,
} from '../../../../src/state/model/resolved-state.ts'
import { twoStates } from '../../../support/state/arbitrary-states.ts'

const DOCS = join(import.meta.dirname, '../../../../docs')
const guide = readFileSync(join(DOCS, 'guide/desired-state.md'), 'utf8')
const example = readFileSync(join(DOCS, 'examples/desired-state.ts'), 'utf8')

/** The documents in a page or in a program. */
function documentsIn(text: string): string[] {
  const found = text.matchAll(/^```yaml\n(.*?)^```$|parseState\(`(.*?)`\)/gms)
  return [...found].map(([, block, literal]) => block ?? literal ?? '')
}

/** The problems of a text, one per line: `line:column: message`. */
function problems(text: string): string[] {
  try {
    parseState(text)
  } catch (error) {
    if (!(error instanceof DesiredStateError)) throw error
    return error.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`)
  }
  return []
}

const YAML = `
# A web cluster.
defaults:
  service: { scheduler: wrr }
  destination: { forwarding: dr, weight: 2 }
services:
  - service: tcp://192.168.79.110:80
    persistence: { timeout: 3600 }
    destinations:
      - address: 192.168.79.102
      - { address: 192.168.79.103, weight: 1 }
  - service: udp://[2001:db8::1]:53
    onePacket: true
    scheduler: rr
    defaults: { forwarding: nat, port: 5353 }
    destinations:
      - address: 2001:db8::53
timeouts: { tcp: 7200 }
daemons:
  - { role: master, interface: eth0 }
`

describe('a document in YAML', () => {
  it('is parsed to a desired state', () => {
    const { services, timeouts, daemons } = resolveDesiredState(parseState(YAML))
    const [web, dns] = [...services!.values()]
    expect(web).toMatchObject({
      name: 'tcp://192.168.79.110:80',
      settings: { scheduler: 'wrr', persistence: { timeout: 3600, mask: '255.255.255.255' } },
    })
    expect([...web!.destinations!.values()]).toMatchObject([
      { address: '192.168.79.102', port: 80, forwarding: 'dr', weight: 2 },
      { address: '192.168.79.103', port: 80, forwarding: 'dr', weight: 1 },
    ])
    expect(dns).toMatchObject({ settings: { scheduler: 'rr', onePacket: true, persistence: null } })
    expect([...dns!.destinations!.values()]).toMatchObject([{ port: 5353, forwarding: 'nat', weight: 2 }])
    expect(timeouts).toEqual({ tcp: 7200 })
    expect(daemons).toEqual([
      {
        role: 'master',
        interface: 'eth0',
        syncId: 0,
        group: '224.0.0.81',
        port: 8848,
        ttl: 1,
        maximumLength: undefined,
      },
    ])
  })

  it('may be JSON, and may reference its schema', () => {
    const text =
      '{ "$schema": "./lvs.schema.json", "services": [{ "service": "fwmark://7/ipv6", "destinations": [] }] }'
    expect(parseState(text)).toEqual({ services: [{ service: 'fwmark://7/ipv6', destinations: [] }] })
  })

  it('is the same after formatting and parsing, in YAML and in JSON (200 cases)', () => {
    fc.assert(
      fc.property(twoStates, ([state]) => {
        expect(parseState(formatState(state))).toEqual(JSON.parse(JSON.stringify(state)))
        expect(parseState(formatState(state, 'json'))).toEqual(JSON.parse(JSON.stringify(state)))
      }),
      { numRuns: 200 },
    )
  }, 60_000)
})

describe('the problems of a document', () => {
  it('are all reported at once, each with line, column, path and the accepted values', () => {
    const text = YAML.replace('weight: 1 }', 'weight: -1 }')
      .replace('onePacket: true', 'onePacket: often')
      .replace('address: 2001:db8::53', 'adress: 2001:db8::53')
      .replace('tcp: 7200', 'tcp: soon')
      .replace('role: master', 'role: slave')
    expect(problems(text)).toEqual([
      '11:36: services[0].destinations[1].weight must be an integer from 0 to 2147483647, not -1',
      '13:5: services[1].onePacket must be true or false, not "often"',
      '17:9: unknown field `adress` in services[1].destinations[0]; expected one of address, port, family, forwarding, weight, upperThreshold, lowerThreshold, tunnel',
      '17:9: services[1].destinations[0].address is required: expected string',
      '18:13: timeouts.tcp must be an integer from 1 to 21474836, not "soon"',
      `20:7: daemons[0].role must be one of master, backup, not "slave"`,
    ])
  })

  it.each<[string, string]>([
    ['services:\n  - service: web:80', '2:5: services[0].service must be { protocol, address, port }'],
    [
      'services:\n  - service: tcp://300.0.0.1:80',
      '2:5: services[0].service: address must be an IPv4 or IPv6 address',
    ],
    [
      'services:\n  - service: { protocol: tcp, address: 192.0.2.1, port: 70000 }',
      '2:51: services[0].service.port must be an integer from 0 to 65535',
    ],
    ['services:\n  - scheduler: rr', '2:5: services[0].service must be'],
    [
      'services:\n  - service: fwmark://7\n    scheduler: rr\n    schedulerFlags: [sh-port]',
      '4:5: services[0].schedulerFlags must be an array of flags of the scheduler rr',
    ],
    [
      'services:\n  - service: fwmark://7\n    persistence: { mask: 24x }',
      '3:20: services[0].persistence.mask must be an IPv4 mask',
    ],
    [
      'services:\n  - service: fwmark://7\n    wieght: 1',
      '3:5: unknown field `wieght` in services[0]; expected one of service, scheduler',
    ],
    [
      'services:\n  - service: fwmark://7\n  - service: fwmark://7',
      '3:5: services[1].service is fwmark://7, which services[0] describes already',
    ],
    [
      'services:\n  - service: fwmark://7\n    destinations:\n      - address: 192.0.2.1',
      '4:9: services[0].destinations[0].forwarding must be one of nat, local, tun, dr, bypass',
    ],
    [
      'services:\n  - service: fwmark://7\n    destinations:\n      - { address: 192.0.2.1, forwarding: dr }\n      - { address: 192.0.2.1, forwarding: nat }',
      '5:9: services[0].destinations[1] is 192.0.2.1:0, which services[0].destinations[0] describes already',
    ],
    [
      'services:\n  - service: fwmark://7\n    defaults: { forwarding: dr, weight: 3.5 }\n    destinations:\n      - address: 192.0.2.1',
      '3:33: services[0].defaults.weight must be an integer',
    ],
    [
      'defaults: { destination: { forwarding: sideways } }\nservices:\n  - service: fwmark://7\n    destinations:\n      - address: 192.0.2.1',
      '1:28: defaults.destination.forwarding must be one of',
    ],
    [
      'defaults: { service: { schedular: rr } }',
      '1:24: unknown field `schedular` in defaults.service; expected one of ',
    ],
    [
      'defaults: { destinations: {} }',
      '1:13: unknown field `destinations` in defaults; expected one of service, destination',
    ],
    [
      'services:\n  - service: fwmark://7\n    destinations:\n      - { address: 192.0.2.1, forwarding: dr, tunnel: { type: gre } }',
      "4:47: services[0].destinations[0].tunnel must be omitted unless forwarding is 'tun'",
    ],
    [
      'services:\n  - service: fwmark://7\n    destinations:\n      - { address: 192.0.2.1, forwarding: dr, weight: }',
      '4:47: services[0].destinations[0].weight must be an integer from 0 to 2147483647, not null',
    ],
    [
      'services:\n  - service: fwmark://7\n    destinations:\n      - { address: 192.0.2.1, forwarding: dr, upperThreshold: 1, lowerThreshold: 2 }',
      '4:66: services[0].destinations[0].lowerThreshold must be at most upperThreshold (1)',
    ],
    [
      'services:\n  - service: fwmark://7\n    destinations: none',
      '3:5: services[0].destinations must be a list of destinations',
    ],
    [
      'services:\n  - service: fwmark://7\n    destinations: [{ address: 2001:db8::1, forwarding: tun }]\ndaemons: [{ role: backup, interface: eth0 }]',
      '4:1: daemons must be omitted or empty: [2001:db8::1]:0 and fwmark://7 have different address families',
    ],
    ['services: tcp', '1:1: services must be a list of services'],
    ['services:\n  - tcp://192.0.2.1:80', '2:5: services[0]: service must be an object'],
    ['service: []', '1:1: unknown field `service`; expected one of defaults, services, timeouts, daemons'],
    ['daemons: [{ role: master }]', '1:11: daemons[0].interface must be a name'],
    [
      'daemons: [{ role: master, interface: a }, { role: master, interface: b }]',
      '1:43: daemons[1] must have the other role: each role runs one daemon',
    ],
    ['- services', '1:1: A document must be'],
    ['services: [', '1:12: '],
    ['services: []\nservices: []', '2:1: Map keys must be unique'],
    ['a: *nobody', '1:4: unknown alias *nobody: no anchor &nobody precedes it'],
    ['', '1:1: A document must be'],
  ])('are located in %j', (text, expected) => {
    const found = problems(text)
    expect(found.length).toBeGreaterThan(0)
    expect(found[0]?.slice(0, expected.length)).toBe(expected)
    expect(found).toHaveLength(1)
  })

  it('are reported with the name of the file, in a short message even if there are many', () => {
    const text = `services:\n${'  - service: x\n'.repeat(50)}`
    expect(() => parseState(text, 'lvs.yaml')).toThrow(
      /^lvs\.yaml:2:5: services\[0\]\.service must be .*\n.*and 40 more$/s,
    )
  })

  it('are a DesiredStateError, which is a TypeError, for plain data too', () => {
    expect(() => resolveDesiredState({ services: [{ service: 'web' }] })).toThrow(TypeError)
    expect(() => resolveDesiredState(null as never)).toThrow('must be an object')
    expect(() => resolveDesiredState([] as never)).toThrow('must be an object')
    expect(() => parseState(7 as never)).toThrow('text must be a string of YAML or JSON')
  })
})

describe('the JSON Schema', () => {
  it('is of draft 2020-12 and describes every setting', () => {
    const schema = stateJsonSchema() as {
      $schema: string
      properties: Record<
        string,
        { items?: { properties: Record<string, { items: { properties: object } }> } }
      >
    }
    expect(schema.$schema).toContain('2020-12')
    const service = schema.properties['services']!.items!.properties
    expect(Object.keys(service)).toEqual(expect.arrayContaining([...SERVICE_SETTINGS, 'service', 'defaults']))
    const destination = Object.keys(service['destinations']!.items.properties)
    expect(destination).toEqual(
      expect.arrayContaining([...DESTINATION_SETTINGS, 'address', 'port', 'family']),
    )
    const daemon = Object.keys(schema.properties['daemons']!.items!.properties)
    expect(daemon.sort()).toEqual([...DAEMON_SETTINGS].sort())
  })

  it('accepts and rejects the same documents as the library when another validator uses it', () => {
    const schema = z.fromJSONSchema(stateJsonSchema() as Parameters<typeof z.fromJSONSchema>[0])
    const examples = [guide, example].flatMap(documentsIn)
    expect(examples.length).toBeGreaterThanOrEqual(3)
    for (const text of examples) expect(schema.safeParse(parse(text)).error?.issues).toBeUndefined()
    const web = { service: 'tcp://192.0.2.1:80' }
    for (const wrong of [
      [],
      { service: [web] },
      { services: [{ service: '192.0.2.1:80' }] },
      { services: [{ ...web, wieght: 1 }] },
      { services: [{ ...web, destinations: [{ forwarding: 'dr' }] }] },
      { services: [{ ...web, destinations: [{ address: '192.0.2.2', forwarding: 'dr', weight: -1 }] }] },
      { timeouts: { tcp: 0 } },
      { daemons: [{ role: 'primary', interface: 'eth0' }] },
    ]) {
      expect(schema.safeParse(wrong).success).toBe(false)
      expect(() => parseState(JSON.stringify(wrong))).toThrow(DesiredStateError)
    }
  })

  it('accepts all documents that the library accepts (1,000 cases)', () => {
    fc.assert(
      fc.property(twoStates, ([state]) => {
        const result = documentSchema().safeParse(state satisfies DesiredState)
        expect(result.error?.issues).toBeUndefined()
      }),
      { numRuns: 1000 },
    )
  }, 60_000)
})
