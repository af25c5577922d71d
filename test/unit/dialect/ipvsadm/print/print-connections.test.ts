import { expect, it } from 'vitest'
import { formatNumeric } from '../../../../../src/dialect/ipvsadm/print/endpoint-format.ts'
import {
  printConnection,
  printConnectionsHeading,
} from '../../../../../src/dialect/ipvsadm/print/print-connections.ts'
import type { ConnectionEntry } from '../../../../../src/ipvs/proc/connection-entry.ts'

const ENTRY: ConnectionEntry = {
  protocol: 'tcp',
  client: { address: '198.51.100.1', port: 59784 },
  virtual: { address: '192.0.2.10', port: 80 },
  destination: { address: '192.0.2.20', port: 8080 },
  state: 'ESTABLISHED',
  expires: 899,
  template: false,
  persistenceEngine: undefined,
  persistenceData: undefined,
}
const SIP = { ...ENTRY, persistenceEngine: 'sip', persistenceData: '1@host' }
const ROW = 'TCP 14:59  ESTABLISHED 198.51.100.1:59784 192.0.2.10:80      192.0.2.20:8080'

it('prints a connection as ipvsadm does', () => {
  expect(printConnectionsHeading(false)).toBe(
    'IPVS connection entries\npro expire state       source             virtual            destination\n',
  )
  expect(printConnection(ENTRY, false, formatNumeric)).toBe(`${ROW}\n`)
  expect(printConnection(SIP, false, formatNumeric)).toBe(`${ROW}\n`)
})

it('prints the data of a persistence engine on request', () => {
  expect(printConnectionsHeading(true)).toBe(
    'IPVS connection entries\npro expire state       source             virtual            destination        pe name          pe_data\n',
  )
  expect(printConnection(ENTRY, true, formatNumeric)).toBe(`${ROW}\n`)
  expect(printConnection(SIP, true, formatNumeric)).toBe(`${ROW}  sip                1@host\n`)
})

it('prints hours as minutes', () => {
  expect(printConnection({ ...ENTRY, expires: 7384 }, false, formatNumeric)).toContain(' 123:04 ')
})
