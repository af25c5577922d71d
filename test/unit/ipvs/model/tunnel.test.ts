import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkTunnel, PLAIN_TUNNEL, readTunnel, type Tunnel } from '../../../../src/ipvs/model/tunnel.ts'
import { integer, tunnel } from '../../../support/ipvs/arbitraries.ts'

describe('a tunnel', () => {
  it.each<[Tunnel, number, number, number]>([
    [{ type: 'ipip' }, 0, 0, 0],
    [{ type: 'gue', port: 6080, checksum: 'none' }, 1, 6080, 0],
    [{ type: 'gue', port: 1, checksum: 'checksum' }, 1, 1, 1],
    [{ type: 'gue', port: 65535, checksum: 'remote' }, 1, 65535, 2],
    [{ type: 'gre', checksum: 'none' }, 2, 0, 0],
    [{ type: 'gre', checksum: 'checksum' }, 2, 0, 1],
  ])('%o has the numbers of the kernel', (words, type, port, checksum) => {
    expect(checkTunnel(words)).toEqual({ type, port, checksum })
    expect(readTunnel({ type, port, checksum })).toEqual(words)
  })

  it('has no checksum by default', () => {
    expect(checkTunnel({ type: 'gue', port: 6080 })).toEqual({ type: 1, port: 6080, checksum: 0 })
    expect(checkTunnel({ type: 'gre' })).toEqual({ type: 2, port: 0, checksum: 0 })
  })

  it('is plain IP in IP by default', () => {
    expect(checkTunnel({ type: 'ipip' })).toEqual(PLAIN_TUNNEL)
  })
})

describe('an invalid combination is rejected:', () => {
  it.each<[string, unknown, string]>([
    ['ipip with a port', { type: 'ipip', port: 6080 }, 'tunnel.port'],
    ['ipip with a checksum', { type: 'ipip', checksum: 'none' }, 'tunnel.checksum'],
    ['gre with a port', { type: 'gre', port: 6080 }, 'tunnel.port'],
    ['gre with a remote checksum', { type: 'gre', checksum: 'remote' }, 'tunnel.checksum'],
    ['gre with a remote checksum in numbers', { type: 'gre', checksum: 2 }, 'tunnel.checksum'],
    ['gue without a port', { type: 'gue' }, 'tunnel.port'],
    ['gue with a port in text', { type: 'gue', port: '6080' }, 'tunnel.port'],
    ['an unknown checksum', { type: 'gue', port: 6080, checksum: 'crc' }, 'tunnel.checksum'],
    ['an unknown type', { type: 'vxlan' }, 'tunnel.type'],
    ['no type', {}, 'tunnel.type'],
    ['a type of null', { type: null }, 'tunnel.type'],
    ['a number without a port', { type: 3, checksum: 'none' }, 'tunnel.port'],
    ['a misspelled field', { type: 'gue', prot: 6080 }, 'tunnel.prot'],
    ['a name alone', 'gue', 'tunnel'],
    ['an array', ['gue'], 'tunnel'],
  ])('%s', (_, value, field) => {
    expect(() => checkTunnel(value as Tunnel)).toThrow(expect.objectContaining({ name: 'TypeError', field }))
  })

  it.each<[string, unknown, string]>([
    ['gue with port 0, which the kernel refuses', { type: 'gue', port: 0 }, 'tunnel.port'],
    ['a port beyond 65535', { type: 'gue', port: 65536 }, 'tunnel.port'],
    ['a type beyond eight bits', { type: 256, port: 0, checksum: 'none' }, 'tunnel.type'],
    ['a checksum beyond sixteen bits', { type: 3, port: 0, checksum: 65536 }, 'tunnel.checksum'],
  ])('%s', (_, value, field) => {
    expect(() => checkTunnel(value as Tunnel)).toThrow(expect.objectContaining({ name: 'RangeError', field }))
  })
})

describe('a value without a name keeps its number:', () => {
  it.each<[string, Tunnel]>([
    ['a newer type', { type: 3, port: 7, checksum: 'none' }],
    ['a newer checksum', { type: 1, port: 7, checksum: 4 }],
    ['ipip with a port', { type: 0, port: 7, checksum: 'none' }],
    ['ipip with a checksum', { type: 0, port: 0, checksum: 'checksum' }],
    ['gue without a port', { type: 1, port: 0, checksum: 'none' }],
    ['gre with a port', { type: 2, port: 7, checksum: 'none' }],
    ['gre with a remote checksum', { type: 2, port: 0, checksum: 'remote' }],
  ])('%s', (_, read) => {
    expect(readTunnel(checkTunnel(read))).toEqual(read)
  })

  it('any three numbers can be written back', () => {
    fc.assert(
      fc.property(integer(0, 255), integer(0, 65535), integer(0, 65535), (type, port, checksum) => {
        expect(checkTunnel(readTunnel({ type, port, checksum }))).toEqual({ type, port, checksum })
      }),
      { numRuns: 2000 },
    )
  })

  it('any tunnel is read as it was written', () => {
    fc.assert(
      fc.property(tunnel, (words) => {
        expect(readTunnel(checkTunnel(words))).toEqual(words)
      }),
      { numRuns: 1000 },
    )
  })
})
