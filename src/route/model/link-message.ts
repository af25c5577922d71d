import { ArgumentTypeError } from '../../errors.ts'
import { checkBoolean, checkInteger, EnumMap, KnownFields } from '../../netlink/arguments/check.ts'
import { checkInterfaceName } from '../../netlink/arguments/interface-name.ts'
import { AttributeSet, writeAttribute } from '../../netlink/wire/attributes.ts'
import { readStructure, writeStructure } from '../../netlink/wire/structure.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import { LINK, LINK_HEADER, LINK_INFO } from '../protocol/attributes.ts'
import { IFF_NOARP, IFF_RUNNING, IFF_UP } from '../protocol/uapi.ts'
import { LINK_TYPES, type Link, type LinkChanges, type LinkInput, type LinkType } from './link.ts'
import {
  checkTunnel,
  isTunnelKind,
  readTunnel,
  TUNNEL_KINDS,
  type TunnelSettings,
  writeTunnel,
} from './tunnel-link.ts'

const { fields } = LINK
const link = new AttributeSet(LINK)
const info = new AttributeSet(LINK_INFO)
const LINK_TYPE_ENUM = new EnumMap<LinkType>(LINK_TYPES)
const LINK_KINDS = ['dummy', ...Object.keys(TUNNEL_KINDS)]
const INPUT_FIELDS = new KnownFields(['name', 'kind', 'mtu', 'local', 'remote', 'ttl', 'external'])
const CHANGE_FIELDS = new KnownFields(['up', 'mtu'])

/** A link as the kernel reports it, with the index of its master. */
export interface LinkReply {
  readonly link: Link
  readonly masterIndex: number | undefined
}

/** A link to add, with the defaults of its tunnel filled in. */
export interface CheckedLink {
  readonly name: string
  readonly kind: LinkInput['kind']
  readonly mtu: number | undefined
  readonly tunnel: TunnelSettings
}

/** Checks a link to add. */
export function checkLink(input: LinkInput): CheckedLink {
  INPUT_FIELDS.check('link', input)
  const { kind, mtu } = input
  const name = checkInterfaceName('link.name', input.name)
  // The kernel replaces '%d' with the first free number (dev_alloc_name).
  if (name.includes('%')) throw new ArgumentTypeError('link.name', "a name without '%'", name)
  if (!LINK_KINDS.includes(kind))
    throw new ArgumentTypeError('link.kind', `one of ${LINK_KINDS.join(', ')}`, kind)
  return {
    ...{ name, kind, tunnel: checkTunnel(kind, input) },
    mtu: mtu === undefined ? undefined : checkMtu('link.mtu', mtu),
  }
}

/** Checks changes to a link. */
export function checkLinkChanges(changes: LinkChanges): LinkChanges {
  CHANGE_FIELDS.check('changes', changes)
  const { up, mtu } = changes
  return {
    ...(up === undefined ? {} : { up: checkBoolean('changes.up', up) }),
    ...(mtu === undefined ? {} : { mtu: checkMtu('changes.mtu', mtu) }),
  }
}

function checkMtu(field: string, mtu: number): number {
  return checkInteger(field, mtu, 68, 65535)
}

/** Writes a link to add. */
export function writeNewLink(writer: WireWriter, { name, kind, mtu, tunnel }: CheckedLink): void {
  writeStructure(writer, LINK_HEADER, {})
  writeAttribute(writer, fields.name, name)
  if (mtu !== undefined) writeAttribute(writer, fields.mtu, mtu)
  const nest = writer.beginNest(fields.info.type)
  writeAttribute(writer, LINK_INFO.fields.kind, kind)
  if (isTunnelKind(kind)) writeTunnel(writer, kind, tunnel)
  writer.endNest(nest)
}

/** Writes changes to a link. */
export function writeLinkChanges(writer: WireWriter, name: string, { up, mtu }: LinkChanges): void {
  writeStructure(writer, LINK_HEADER, {
    flags: up === true ? IFF_UP : 0,
    change: up === undefined ? 0 : IFF_UP,
  })
  writeAttribute(writer, fields.name, name)
  if (mtu !== undefined) writeAttribute(writer, fields.mtu, mtu)
}

/** Reads a link. */
export function readLinkReply(view: DataView, start: number, end: number): LinkReply {
  const { index, type, flags } = readStructure(view, start, end, LINK_HEADER)
  link.readStrictly(view, start + LINK_HEADER.size, end)
  const kind = link.nest(fields.info, info)?.get(LINK_INFO.fields.kind)
  const address = link.get(fields.address)
  return {
    link: {
      index,
      name: link.require(fields.name),
      type: LINK_TYPE_ENUM.nameOf(type),
      ...(kind === undefined ? {} : { kind }),
      up: (flags & IFF_UP) !== 0,
      running: (flags & IFF_RUNNING) !== 0,
      arp: (flags & IFF_NOARP) === 0,
      mtu: link.get(fields.mtu) ?? 0,
      // For tunnels this attribute contains the local IP address.
      ...(address === undefined || isTunnelKind(kind) ? {} : { address }),
      ...(isTunnelKind(kind) ? { tunnel: readTunnel(info, kind) } : {}),
    },
    masterIndex: link.get(fields.master),
  }
}
