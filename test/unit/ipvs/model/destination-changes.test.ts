import { describe, expect, it } from 'vitest'
import type {
  Destination,
  DestinationChanges,
  DestinationInput,
} from '../../../../src/ipvs/model/destination.ts'
import { isCompleteDestination, mergeDestination } from '../../../../src/ipvs/model/destination-changes.ts'
import { checkDestinationKey, writeDestination } from '../../../../src/ipvs/model/destination-message.ts'
import { destinationWritten } from '../../../support/ipvs/encoding.ts'

const ADDRESS = '198.51.100.7'

function write(input: object): Destination {
  const destination = { address: ADDRESS, ...input } as DestinationInput
  const key = checkDestinationKey(destination, 80)
  return destinationWritten((writer) => writeDestination(writer, key, destination, 'ipv4'), 'ipv4')
}

describe('changing a destination', () => {
  const dr = write({ forwarding: 'dr', weight: 5, upperThreshold: 100, lowerThreshold: 50, port: 8080 })
  const gre = write({ forwarding: 'tun', tunnel: { type: 'gre', checksum: 'checksum' } })
  const settings = {
    address: ADDRESS,
    port: 8080,
    forwarding: 'dr',
    weight: 5,
    upperThreshold: 100,
    lowerThreshold: 50,
    tunnel: null,
  }
  const merge = (current: Destination, changes: object) =>
    mergeDestination(current, { address: ADDRESS, ...changes } as DestinationChanges)

  it('keeps omitted settings', () => {
    expect(merge(dr, {})).toEqual(settings)
    expect(merge(dr, { weight: undefined })).toEqual(settings)
    expect(merge(gre, { weight: 2 })).toMatchObject({ forwarding: 'tun', tunnel: gre.tunnel, weight: 2 })
  })

  it('changes only the given settings', () => {
    expect(merge(dr, { weight: 0 })).toEqual({ ...settings, weight: 0 })
    expect(merge(dr, { upperThreshold: 200 })).toEqual({ ...settings, upperThreshold: 200 })
    expect(merge(gre, { tunnel: { type: 'ipip' } })).toMatchObject({
      forwarding: 'tun',
      tunnel: { type: 'ipip' },
    })
  })

  it('removes the tunnel together with forwarding tun, and starts with a plain one', () => {
    expect(merge(gre, { forwarding: 'dr' })).toMatchObject({ forwarding: 'dr', tunnel: null })
    expect(merge(dr, { forwarding: 'tun' })).toMatchObject({ forwarding: 'tun', tunnel: null })
  })

  it('removes the settings of a tunnel that are null', () => {
    expect(merge(gre, { tunnel: null })).toMatchObject({ forwarding: 'tun', tunnel: null })
  })
})

describe('complete settings, which need no read,', () => {
  const dr = { address: ADDRESS, forwarding: 'dr', weight: 1, upperThreshold: 0, lowerThreshold: 0 } as const

  it('contain every setting', () => {
    expect(isCompleteDestination(dr)).toBe(true)
    expect(isCompleteDestination({ ...dr, forwarding: 'tun', tunnel: { type: 'ipip' } })).toBe(true)
    expect(isCompleteDestination(write(dr))).toBe(true)
  })

  it.each(['forwarding', 'weight', 'upperThreshold', 'lowerThreshold'])(
    'are incomplete without %s',
    (name) => {
      expect(isCompleteDestination({ ...dr, [name]: undefined } as DestinationChanges)).toBe(false)
    },
  )

  it('include a tunnel with forwarding tun', () => {
    expect(isCompleteDestination({ ...dr, forwarding: 'tun' })).toBe(false)
  })
})
