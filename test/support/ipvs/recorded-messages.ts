/**
 * Messages recorded from a real kernel: Linux 7.2.7 on x86, family id 0x1e, little-endian.
 */

const ADDRESS = '14000300c0000201000000000000000000000000'
/** AF, PROTOCOL, ADDR and PORT of tcp 192.0.2.1:80. */
const IDENTITY = `06000100020000000600020006000000${ADDRESS}0600040000500000`

export const NEW_SERVICE =
  `680000001e0005004d000000ec2aa0c20101000054000100${IDENTITY}` +
  '08000600777272000c00070001000000ffffffff080008002c01000008000900ffffff00'

/** The refusal of the same message sent twice (EEXIST), capped. */
export const DUPLICATE = '24000000020000014d000000ec2aa0c2efffffff680000001e0005004d000000ec2aa0c2'

export const GET_SERVICE = `440000001e0001004e000000ec2aa0c20401000030000100${IDENTITY}`

/** STATS and STATS64 without traffic. */
const STATISTICS =
  '5c000a00' +
  ['01', '02', '03'].map((type) => `0800${type}0000000000`).join('') +
  ['04', '05'].map((type) => `0c00${type}000000000000000000`).join('') +
  ['06', '07', '08', '09', '0a'].map((type) => `0800${type}0000000000`).join('') +
  '7c000c00' +
  ['01', '02', '03', '04', '05', '06', '07', '08', '09', '0a']
    .map((type) => `0c00${type}000000000000000000`)
    .join('')

export const SERVICE =
  `400100001e0000004e000000ec2aa0c2010100002c010100${IDENTITY}` +
  `08000600777272000c00070003000000ffffffff080008002c01000008000900ffffff00${STATISTICS}`

/** A GUE destination 198.51.100.7:8080, weight 5, thresholds 100 and 50, port 6080, with checksums. */
export const DESTINATION =
  '640100001e0002004f000000ec2aa0c2050100005001020014000100c6336407000000000000000000000000060002001f900000' +
  '0800030002000000080004000500000005000d000100000006000e0017c0000006000f0001000000080005006400000008000600' +
  `3200000008000700000000000800080000000000080009000000000006000b0002000000${STATISTICS}`

export const DONE = '14000000030002004f000000ec2aa0c200000000'

export const INFO = '240000001e00000050000000ec2aa0c20e01000008000100010201000800020000010000'
export const INFO_ACK = '240000000200000150000000ec2aa0c200000000140000001e00050050000000ec2aa0c2'
export const TIMEOUTS =
  '2c0000001e00000051000000ec2aa0c20c01000008000400840300000800050078000000080006002c010000'

/** The controller's reply about IPVS, with its sixteen operations (number 14 does not exist). */
export const FAMILY =
  '840100001000000052000000ec2aa0c20102000009000200495056530000000006000100' +
  '1e00000008000300010000000800040000000000080005000600000044010600' +
  [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17]
    .map((command, index) => `1400${byte(index + 1)}0008000100${byte(command)}000000080002000b000000`)
    .join('')

/** The refusal of DEL_SERVICE followed by the complete request (ESRCH; from a kernel or socket without NETLINK_CAP_ACK). */
export const DELETE_REFUSED = `580000000200000053000000ec2aa0c2fdffffff440000001e00050053000000ec2aa0c20301000030000100${IDENTITY}`

function byte(value: number): string {
  return value.toString(16).padStart(2, '0')
}

export function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}

/** The same messages under another sequence number. */
export function withSequence(sequence: number, ...messages: string[]): Uint8Array<ArrayBuffer> {
  const all = messages.map((hex) => {
    const bytes = bytesOf(hex)
    new DataView(bytes.buffer).setUint32(8, sequence, true)
    return bytes
  })
  return Uint8Array.from(Buffer.concat(all))
}
