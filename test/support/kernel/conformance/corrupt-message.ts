import { NLM_F_REQUEST, NLMSG_NOOP } from '../../../../src/netlink/wire/uapi.ts'
import type { RandomChoices } from './random-choices.ts'
import type { Attribute, Message } from './raw-message.ts'

/** Makes a message invalid, or at least unusual. */
export function corruptMessage(message: Message, dice: RandomChoices): Message {
  const nests = message.attributes.filter(({ payload }) => typeof payload[0] === 'object')
  const level =
    nests.length > 0 && dice.chance(0.8) ? (dice.pick(nests).payload as Attribute[]) : message.attributes
  const at = dice.below(level.length)
  const attribute = level[at]
  const plain = attribute !== undefined && typeof attribute.payload[0] !== 'object' ? attribute : undefined
  const insert = (one: Attribute) => level.splice(dice.below(level.length + 1), 0, one)
  const drop = () => void level.splice(at, 1)
  const spoils: (() => void)[] = [
    drop,
    drop,
    () => void (attribute && insert({ ...attribute })),
    () => void insert({ type: dice.pick([0, 1, 6, 7, 13, 16, 100]), payload: dice.bytes(20) }),
    () => {
      if (plain) plain.payload = (plain.payload as number[]).slice(0, dice.below(plain.payload.length + 1))
    },
    () => {
      if (plain) plain.payload = [...(plain.payload as number[]), ...dice.bytes(12)]
    },
    () => {
      if (attribute) attribute.length = dice.pick([0, 1, 3, 4, 5, 6, 7, 8, 200, 65535])
    },
    () => {
      if (attribute) attribute.type |= dice.pick([0x8000, 0x4000, 0xc000])
    },
    () => {
      message.trailing = dice.bytes(12)
    },
    () => {
      message.flags = dice.below(0x10000)
    },
    () => {
      message.flags &= ~NLM_F_REQUEST
    },
    () => {
      message.flags |= dice.pick([0x100, 0x200, 0x400, 0x800, 0x300])
    },
    () => {
      message.generic = dice.bytes(3)
    },
    () => {
      message.cut = dice.below(40)
    },
    () => {
      message.type = dice.pick([NLMSG_NOOP, 2, 3, 15, 17, 0xfff0])
    },
  ]
  dice.pick(spoils)()
  return message
}
