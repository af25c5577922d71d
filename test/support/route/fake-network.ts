import {
  AttributeSet,
  type AttributeTable,
  type Fields,
  writeAttribute,
} from '../../../src/netlink/wire/attributes.ts'
import { readStructure, type Structure, writeStructure } from '../../../src/netlink/wire/structure.ts'
import { NLMSG_HDRLEN } from '../../../src/netlink/wire/uapi.ts'
import type { WireWriter } from '../../../src/netlink/wire/wire.ts'
import { LINK_TYPES } from '../../../src/route/model/link.ts'
import { Network } from '../../../src/route/network.ts'
import {
  ADDRESS,
  ADDRESS_HEADER,
  LINK,
  LINK_HEADER,
  NEIGHBOUR,
  NEIGHBOUR_HEADER,
  ROUTE,
  ROUTE_HEADER,
} from '../../../src/route/protocol/attributes.ts'
import { IFF_NOARP, IFF_RUNNING, IFF_UP, RTM } from '../../../src/route/protocol/uapi.ts'
import type { Answer, Reply, SentMessage } from '../netlink/answers.ts'
import { FakeHostTransport } from '../netlink/fake-host-transport.ts'

type Name = keyof typeof RTM
const NAMES = new Map<number, Name>(Object.entries(RTM).map(([name, number]) => [number, name as Name]))
const ENODEV = 19
const UP = IFF_UP | IFF_RUNNING

/** The properties of a link that a test sets; the others have defaults. */
export interface FakeLink {
  readonly index: number
  readonly name: string
  readonly type?: number
  readonly flags?: number
  readonly address?: string
  readonly master?: number
  readonly mtu?: number
  /** Writes further attributes. */
  readonly more?: (writer: WireWriter) => void
}

/** A kernel that has links, and replies to other requests according to a script. Requests without a scripted reply succeed. */
export class FakeNetwork extends FakeHostTransport {
  readonly links: FakeLink[] = [
    { index: 1, name: 'lo', type: LINK_TYPES.loopback, flags: UP, mtu: 65536, address: '00:00:00:00:00:00' },
    { index: 2, name: 'eth0', address: '02:00:00:00:00:01' },
    { index: 3, name: 'tunl0', type: LINK_TYPES.ipip, flags: UP | IFF_NOARP, mtu: 1480 },
  ]
  readonly script: Partial<Record<Name, (message: SentMessage) => Answer>> = {}

  override answer = (message: SentMessage): Answer | undefined => {
    const name = nameOf(message)
    const scripted = this.script[name]
    if (scripted !== undefined) return scripted(message)
    return name === 'GETLINK' ? this.#getLink(message) : undefined
  }

  /** The messages of this kind that were sent. */
  sent(name: Name): SentMessage[] {
    return this.messages.filter((message) => nameOf(message) === name)
  }

  #getLink(message: SentMessage): Answer {
    const name = attributesIn(message, LINK_HEADER, LINK).get(LINK.fields.name)
    const { index } = structureIn(message, LINK_HEADER)
    if (name === undefined && index === 0) return { replies: this.links.map(linkReply) }
    const found = this.links.find((link) => link.name === name || link.index === index)
    return found === undefined ? { errno: ENODEV } : { replies: [linkReply(found)] }
  }
}

export function nameOf({ type }: SentMessage): Name {
  const name = NAMES.get(type)
  if (name === undefined) throw new Error(`message of type ${type}`)
  return name
}

/** A client of a kernel, and the kernel. */
export async function open(): Promise<{ network: Network; kernel: FakeNetwork }> {
  const kernel = new FakeNetwork()
  return { kernel, network: await Network.open({ transport: kernel }) }
}

/** The structure at the beginning of a message. */
export function structureIn<K extends string>(
  { bytes }: SentMessage,
  header: Structure<K>,
): Record<K, number> {
  return readStructure(new DataView(bytes.buffer), NLMSG_HDRLEN, bytes.length, header)
}

/** The attributes of a message. */
export function attributesIn<F extends Fields>(
  { bytes }: SentMessage,
  header: Structure,
  table: AttributeTable<F>,
): AttributeSet<F> {
  const start = NLMSG_HDRLEN + header.size
  return new AttributeSet(table).readStrictly(new DataView(bytes.buffer), start, bytes.length)
}

/** The kernel's message about a link. */
export function linkReply(link: FakeLink): Reply {
  const { index, name, type = LINK_TYPES.ether, flags = UP, mtu = 1500, address, master } = link
  return {
    type: RTM.NEWLINK,
    body: (writer) => {
      writeStructure(writer, LINK_HEADER, { type, index, flags })
      writeAttribute(writer, LINK.fields.name, name)
      writeAttribute(writer, LINK.fields.mtu, mtu)
      if (address !== undefined) writeAttribute(writer, LINK.fields.address, address)
      if (master !== undefined) writeAttribute(writer, LINK.fields.master, master)
      link.more?.(writer)
    },
  }
}

type Values<S> = S extends Structure<infer K> ? { readonly [P in K]?: number } : never

/** The kernel's message about an address of an interface. */
export function addressReply(
  header: Values<typeof ADDRESS_HEADER>,
  attributes: Partial<Record<'address' | 'local' | 'label' | 'broadcast', string>> & {
    readonly flags?: number
  },
): Reply {
  return reply(RTM.NEWADDR, ADDRESS_HEADER, header, ADDRESS, attributes)
}

/** The kernel's message about a route. */
export function routeReply(
  header: Values<typeof ROUTE_HEADER>,
  attributes: Readonly<Record<string, unknown>>,
): Reply {
  return reply(RTM.NEWROUTE, ROUTE_HEADER, header, ROUTE, attributes)
}

/** The kernel's message about a neighbour. */
export function neighbourReply(
  header: Values<typeof NEIGHBOUR_HEADER>,
  attributes: Partial<Record<'address' | 'linkAddress', string>>,
): Reply {
  return reply(RTM.NEWNEIGH, NEIGHBOUR_HEADER, header, NEIGHBOUR, attributes)
}

function reply<K extends string>(
  type: number,
  structure: Structure<K>,
  header: { readonly [P in K]?: number },
  table: AttributeTable,
  attributes: Readonly<Record<string, unknown>>,
): Reply {
  return {
    type,
    body: (writer) => {
      writeStructure(writer, structure, header)
      for (const [name, value] of Object.entries(attributes)) {
        const field = table.fields[name]
        if (field === undefined) throw new Error(`${table.name} has no ${name}`)
        writeAttribute(writer, field, value)
      }
    },
  }
}
