/** Random sequences of requests, valid and invalid, about a few services so that they often affect each other. */

import { IPVS_CMD } from '../../../../src/ipvs/protocol/uapi.ts'
import { GENL_ID_CTRL, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from '../../../../src/netlink/wire/uapi.ts'
import { corruptMessage } from './corrupt-message.ts'
import { RandomChoices } from './random-choices.ts'
import {
  type Attribute,
  addressBytes4,
  addressBytes6,
  bytesOf32,
  encodeMessage,
  type Message,
  text,
  u16,
  u16be,
  u32,
} from './raw-message.ts'

/** Stands for the family number, which differs between kernels. */
export const FAMILY = 0

const AF_INET = 2
const AF_INET6 = 10

const ADDRESSES = ['192.0.2.1', '192.0.2.2', '198.51.100.255', '224.0.0.1', '0.0.0.0', '255.255.255.255']
const ADDRESSES6 = [
  '2001:db8::1',
  '2001:db8::2',
  '::1',
  '::',
  'fe80::1',
  'ff02::1',
  '::ffff:192.0.2.1',
  'fc00::5',
  '64:ff9b::1',
  '::192.0.2.1',
]
const REAL = [
  '192.0.2.11',
  '192.0.2.12',
  '192.0.2.13',
  '192.0.2.255',
  '127.0.0.1',
  '10.255.255.255',
  '0.0.0.1',
  '240.0.0.1',
  ...ADDRESSES,
]
const PORTS = [0, 80, 443, 65535]
const PROTOCOLS = [6, 6, 6, 17, 132, 0, 1, 65535]
const SCHEDULERS = [
  'rr',
  'rr',
  'wrr',
  'wlc',
  'sh',
  'mh',
  'lc',
  'lblc',
  'lblcr',
  'dh',
  'sed',
  'nq',
  'fo',
  'ovf',
  'none',
  'twos',
  'nonesuch',
  '',
]
const NUMBERS = [0, 1, 2, 3, 100, 0xff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]

/** The services that most requests are about. */
const SERVICES: readonly (readonly Attribute[])[] = [
  [u16(1, AF_INET), u16(2, 6), { type: 3, payload: [192, 0, 2, 1] }, u16be(4, 80)],
  [u16(1, AF_INET), u16(2, 17), { type: 3, payload: [192, 0, 2, 1] }, u16be(4, 80)],
  [u16(1, AF_INET), u32(5, 1)],
  [u16(1, AF_INET6), u32(5, 1)],
  [u16(1, AF_INET6), u16(2, 6), { type: 3, payload: addressBytes6('2001:db8::1') }, u16be(4, 80)],
]

/** Makes the requests of one seed. */
export class RandomRequests {
  readonly #dice: RandomChoices
  readonly #dumpsLast: boolean

  /**
   * `dumpsLast`: a dump of services is the last message of its datagram. The kernel executes later messages before it fills the
   * dump's second block, and with a random order of services it is random whether a new one was passed by then.
   */
  constructor(seed: number, dumpsLast: boolean) {
    this.#dice = new RandomChoices(seed)
    this.#dumpsLast = dumpsLast
  }

  /** A datagram of one to six messages, numbered from `sequence` on, and how many there are. */
  datagram(sequence: number, familyId: number): { bytes: Uint8Array; count: number } {
    const all = Array.from({ length: 1 + this.#dice.below(6) }, () => this.message())
    const dump = all.findIndex(isServiceDump)
    const messages = this.#dumpsLast && dump !== -1 ? all.slice(0, dump + 1) : all
    const last = messages.at(-1)!
    // An exchange with an acknowledgement at its end is short.
    if (this.#dice.chance(0.95)) last.flags |= NLM_F_ACK
    const parts = messages.map((message, index) =>
      encodeMessage(message.type === FAMILY ? { ...message, type: familyId } : message, sequence + index),
    )
    return { bytes: Uint8Array.from(parts.flatMap((part) => [...part])), count: messages.length }
  }

  /** The initial state: every common service, with a few destinations. */
  beginning(sequence: number, familyId: number): { bytes: Uint8Array; count: number } {
    const messages = SERVICES.flatMap((identity): Message[] => {
      const service = { type: 1, payload: [...identity] }
      const family = (identity[0]!.payload as number[])[0]!
      const settings = [
        text(6, 'rr'),
        { type: 7, payload: [...bytesOf32(0), ...bytesOf32(0)] },
        u32(8, 0),
        u32(9, 32),
      ]
      const whole = { type: 1, payload: [...identity, ...settings] }
      const destinations = [1, 2, 3].map((last) => {
        const address = family === AF_INET6 ? addressBytes6(`2001:db8::${last}`) : [192, 0, 2, 10 + last]
        const limits = [u32(3, this.#dice.pick([0, 2, 3])), u32(4, last), u32(5, 0), u32(6, 0)]
        return { type: 2, payload: [{ type: 1, payload: address }, u16be(2, 80), ...limits] }
      })
      const flags = NLM_F_REQUEST | NLM_F_ACK
      return [
        { type: familyId, flags, command: IPVS_CMD.NEW_SERVICE, attributes: [whole] },
        ...destinations.map((destination) => ({
          ...{ type: familyId, flags, command: IPVS_CMD.NEW_DEST, attributes: [service, destination] },
        })),
      ]
    })
    const parts = messages.map((message, index) => encodeMessage(message, sequence + index))
    return { bytes: Uint8Array.from(parts.flatMap((part) => [...part])), count: messages.length }
  }

  /** Removes everything before the next seed. */
  reset(familyId: number): Uint8Array {
    const daemon = (state: number): Attribute[] => [{ type: 3, payload: [u32(1, state)] }]
    const timeouts = [u32(4, 900), u32(5, 120), u32(6, 300)]
    const commands: [number, Attribute[]][] = [
      [IPVS_CMD.DEL_DAEMON, daemon(1)],
      [IPVS_CMD.DEL_DAEMON, daemon(2)],
      [IPVS_CMD.SET_CONFIG, timeouts],
      [IPVS_CMD.FLUSH, []],
    ]
    const flags = NLM_F_REQUEST | NLM_F_ACK
    const parts = commands.map(([command, attributes]) =>
      encodeMessage({ type: familyId, flags, command, attributes }, 0xffff),
    )
    return Uint8Array.from(parts.flatMap((part) => [...part]))
  }

  message(): Message {
    if (this.#dice.chance(0.02)) return this.#lookUp()
    const command = this.#command()
    const dumpable: number[] = [IPVS_CMD.GET_SERVICE, IPVS_CMD.GET_DEST, IPVS_CMD.GET_DAEMON]
    const dump = dumpable.includes(command) ? this.#dice.chance(0.7) : this.#dice.chance(0.01)
    const message: Message = {
      type: FAMILY,
      flags: NLM_F_REQUEST | (dump ? NLM_F_DUMP : 0) | (this.#dice.chance(0.5) ? NLM_F_ACK : 0),
      command,
      attributes: this.#attributes(command),
    }
    return this.#dice.chance(0.25) ? corruptMessage(message, this.#dice) : message
  }

  #command(): number {
    const often = [
      ...[IPVS_CMD.NEW_SERVICE, IPVS_CMD.NEW_SERVICE, IPVS_CMD.NEW_SERVICE, IPVS_CMD.SET_SERVICE],
      ...[IPVS_CMD.NEW_DEST, IPVS_CMD.NEW_DEST, IPVS_CMD.NEW_DEST, IPVS_CMD.NEW_DEST, IPVS_CMD.SET_DEST],
      ...[IPVS_CMD.DEL_DEST, IPVS_CMD.GET_DEST, IPVS_CMD.GET_SERVICE],
    ]
    return this.#dice.pick(this.#dice.chance(0.75) ? often : [...Object.values(IPVS_CMD), 0, 18, 19, 200])
  }

  #attributes(command: number): Attribute[] {
    switch (command) {
      case IPVS_CMD.NEW_SERVICE:
      case IPVS_CMD.SET_SERVICE:
        return [this.#service(true)]
      case IPVS_CMD.NEW_DEST:
      case IPVS_CMD.SET_DEST:
        return [this.#service(this.#dice.chance(0.1)), this.#destination(true)]
      case IPVS_CMD.DEL_DEST:
        return [this.#service(false), this.#destination(this.#dice.chance(0.1))]
      case IPVS_CMD.NEW_DAEMON:
      case IPVS_CMD.DEL_DAEMON:
        return [this.#daemon()]
      case IPVS_CMD.SET_CONFIG:
        return [4, 5, 6].filter(() => this.#dice.chance(0.5)).map((type) => u32(type, this.#timeout()))
      case IPVS_CMD.ZERO:
        return this.#dice.chance(0.5) ? [this.#service(false)] : []
      default:
        return this.#dice.chance(0.8) ? [this.#service(this.#dice.chance(0.1))] : []
    }
  }

  #timeout(): number {
    return this.#dice.pick([
      0, 1, 900, 3600, 2_147_483, 8_589_934, 8_589_935, 21_474_836, 21_474_837, 0x7fff_ffff, 0xffff_ffff,
    ])
  }

  #service(full: boolean): Attribute {
    const common = this.#dice.chance(0.85)
    const attributes: Attribute[] = common
      ? this.#dice.pick(SERVICES).map((one) => ({ ...one }))
      : this.#identity()
    const family = (attributes[0]!.payload as number[])[0]!
    if (full) {
      attributes.push(text(6, this.#dice.pick(this.#dice.chance(0.5) ? ['rr', 'wrr', 'sh'] : SCHEDULERS)))
      attributes.push({ type: 7, payload: this.#flags() })
      attributes.push(u32(8, this.#dice.pick([0, 1, 300, 4_294_967, 17_179_869, 0xffff_ffff])))
      const mask =
        family === AF_INET6 ? this.#dice.pick([1, 64, 128, 128, 128, 0, 129]) : this.#dice.pick(NUMBERS)
      attributes.push(u32(9, mask))
      if (this.#dice.chance(0.15)) attributes.push(text(11, this.#dice.pick(['sip', 'sip', '', 'nonesuch'])))
    }
    return { type: 1, payload: this.#dice.shuffled(attributes) }
  }

  #identity(): Attribute[] {
    const family = this.#dice.chance(0.1)
      ? this.#dice.pick([0, 1, 16])
      : this.#dice.pick([AF_INET, AF_INET, AF_INET6])
    const attributes: Attribute[] = [u16(1, family)]
    if (this.#dice.chance(0.3)) attributes.push(u32(5, this.#dice.pick([1, 2, 0, 0xffff_ffff])))
    if (attributes.length === 1 || this.#dice.chance(0.1)) {
      attributes.push(u16(2, this.#dice.pick(PROTOCOLS)))
      attributes.push(this.#address(3, family, ADDRESSES, ADDRESSES6))
      attributes.push(u16be(4, this.#dice.pick(PORTS)))
    }
    return attributes
  }

  #flags(): number[] {
    const flags = [
      ...bytesOf32(this.#dice.pick([0, 1, 1, 4, 8, 16, 0x3d, 0xffff_ffff])),
      ...bytesOf32(this.#dice.pick([0xffff_ffff, 0xffff_ffff, 0, 1, 0x3c])),
    ]
    return this.#dice.chance(0.1) ? flags.slice(0, this.#dice.below(9)) : flags
  }

  #destination(full: boolean): Attribute {
    const family = this.#dice.pick([AF_INET, AF_INET, AF_INET6])
    const common = this.#dice.chance(0.7)
    const real = common ? REAL.slice(0, 3) : REAL
    const real6 = common ? ADDRESSES6.slice(0, 2) : ADDRESSES6
    const attributes = [this.#address(1, family, real, real6), u16be(2, common ? 80 : this.#dice.pick(PORTS))]
    if (this.#dice.chance(0.9))
      attributes.push(u16(11, this.#dice.chance(0.03) ? this.#dice.pick([0, 3]) : family))
    if (full) {
      const odd = this.#dice.chance(0.3)
      attributes.push(u32(3, odd ? this.#dice.pick([0, 1, 4, 7, 8, 0x2003]) : this.#dice.pick([2, 2, 3])))
      attributes.push(
        u32(4, odd ? this.#dice.pick([100_000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) : this.#dice.below(4)),
      )
      attributes.push(
        u32(
          5,
          odd ? this.#dice.pick([0, 100, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) : this.#dice.pick([0, 10]),
        ),
      )
      attributes.push(u32(6, odd ? this.#dice.pick([0, 5, 50, 200]) : 0))
      if (this.#dice.chance(0.4)) attributes.push({ type: 13, payload: [this.#dice.pick([0, 1, 2, 3, 255])] })
      if (this.#dice.chance(0.4)) attributes.push(u16be(14, this.#dice.pick([0, 6080])))
      if (this.#dice.chance(0.4)) attributes.push(u16(15, this.#dice.pick([0, 1, 2, 0xffff])))
    }
    return { type: 2, payload: this.#dice.shuffled(attributes) }
  }

  #daemon(): Attribute {
    const attributes: Attribute[] = [
      u32(1, this.#dice.pick([1, 2, 1, 2, 0, 3])),
      text(2, this.#dice.pick(['eth0', 'eth0', 'eth0', 'lo', 'big0', 'down0', 'nonesuch', ''])),
      u32(3, this.#dice.pick(NUMBERS)),
    ]
    if (this.#dice.chance(0.3))
      attributes.push(u16(4, this.#dice.pick([0, 1, 500, 1023, 1024, 1472, 9000, 65507, 65535])))
    if (this.#dice.chance(0.3))
      attributes.push({
        type: 5,
        payload: this.#dice.pick([
          [224, 0, 0, 81],
          [239, 1, 2, 3],
          [10, 0, 0, 1],
          [0, 0, 0, 0],
        ]),
      })
    if (this.#dice.chance(0.2))
      attributes.push({
        type: 6,
        payload: [this.#dice.pick([0xff, 0xff, 0x20]), 5, ...new Array<number>(13).fill(0), 0x51],
      })
    if (this.#dice.chance(0.3)) attributes.push(u16(7, this.#dice.pick([0, 8848, 1, 65535])))
    if (this.#dice.chance(0.3)) attributes.push({ type: 8, payload: [this.#dice.pick([0, 1, 64, 255])] })
    return { type: 3, payload: this.#dice.shuffled(attributes) }
  }

  #address(type: number, family: number, v4: readonly string[], v6: readonly string[]): Attribute {
    const payload =
      family === AF_INET6 ? addressBytes6(this.#dice.pick(v6)) : addressBytes4(this.#dice.pick(v4))
    if (family === AF_INET6 || this.#dice.chance(0.5)) return { type, payload }
    const junk = this.#dice.chance(0.1) ? 7 : 0
    return { type, payload: [...payload, ...new Array<number>(12).fill(junk)] }
  }

  #lookUp(): Message {
    const name = text(2, this.#dice.pick(['IPVS', 'IPVS', 'nonesuch', 'a name that is too long']))
    const attributes = this.#dice.pick([[name], [name], [], [u16(1, 0xfff0)], [u16(1, 0xfff0), name]])
    return {
      type: GENL_ID_CTRL,
      flags: NLM_F_REQUEST | (this.#dice.chance(0.5) ? NLM_F_ACK : 0),
      command: 3,
      attributes,
    }
  }
}

function isServiceDump({ type, flags, command }: Message): boolean {
  return type === FAMILY && (flags & NLM_F_DUMP) === NLM_F_DUMP && command === IPVS_CMD.GET_SERVICE
}
