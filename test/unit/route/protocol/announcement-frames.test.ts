import { describe, expect, it } from 'vitest'
import {
  arpAnnouncement,
  neighbourAdvertisement,
} from '../../../../src/route/protocol/announcement-frames.ts'

const MAC = '02:00:00:00:00:0a'

/** Hexadecimal, a line for each part of the frame. */
function bytes(...lines: readonly string[]): string {
  return lines.join('').replaceAll(' ', '')
}

function hex(frame: Uint8Array): string {
  return Buffer.from(frame).toString('hex')
}

describe('gratuitous ARP', () => {
  it('as a request asks all hosts for its own address, without a target hardware address (RFC 5227)', () => {
    expect(hex(arpAnnouncement(MAC, '192.168.79.110', 'request'))).toBe(
      bytes(
        'ffffffffffff 02000000000a 0806', // to all hosts, ARP
        '0001 0800 06 04 0001', // Ethernet, IPv4, request
        '02000000000a c0a84f6e', // sender
        '000000000000 c0a84f6e', // target
      ),
    )
  })

  it('as a reply has the sender as its target, as Linux requires', () => {
    expect(hex(arpAnnouncement(MAC, '192.168.79.110', 'reply'))).toBe(
      bytes(
        'ffffffffffff 02000000000a 0806',
        '0001 0800 06 04 0002',
        '02000000000a c0a84f6e',
        '02000000000a c0a84f6e',
      ),
    )
  })
})

describe('an unsolicited neighbour advertisement', () => {
  it('comes from the address, goes to all hosts and overrides their cache entries (RFC 4861)', () => {
    const frame = neighbourAdvertisement(MAC, '2001:db8::10', false)
    const text = hex(frame)
    expect(text.slice(0, 28)).toBe(bytes('333300000001 02000000000a 86dd'))
    expect(text.slice(28, 108)).toBe(
      bytes(
        '60000000 0020 3a ff', // version 6, 32 bytes, ICMPv6, 255 hops
        '20010db8000000000000000000000010',
        'ff020000000000000000000000000001',
      ),
    )
    expect(text.slice(108, 112)).toBe('8800') // neighbour advertisement
    expect(text.slice(116)).toBe(
      bytes(
        '20000000', // override, unsolicited
        '20010db8000000000000000000000010',
        '02 01 02000000000a', // target link-layer address
      ),
    )
  })

  it('has the router flag if the host is a router', () => {
    expect(neighbourAdvertisement(MAC, '2001:db8::10', true)[58]).toBe(0xa0)
  })

  it.each(['2001:db8::10', 'fe80::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'])(
    'from %s adds up to 0xffff with its checksum',
    (address) => {
      for (const isRouter of [false, true]) {
        const frame = Buffer.from(neighbourAdvertisement(MAC, address, isRouter))
        let sum = 32 + 58
        for (let at = 22; at < frame.length; at += 2) sum += frame.readUInt16BE(at)
        expect((sum & 0xffff) + (sum >>> 16)).toBe(0xffff)
      }
    },
  )
})
