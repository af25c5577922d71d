import { undefinedIfRefused } from '../../netlink/refused.ts'
import { AttributeSet, requireReply, writeAttribute } from '../../netlink/wire/attributes.ts'
import { readStructure, writeStructure } from '../../netlink/wire/structure.ts'
import { LINK, LINK_HEADER } from '../protocol/attributes.ts'
import { RTM } from '../protocol/uapi.ts'
import type { NetworkCall, NetworkRequest } from './network-call.ts'

const attributes = new AttributeSet(LINK)

/** The request for one interface by its name. */
export function linkRequest(name: string): NetworkRequest {
  return {
    type: RTM.GETLINK,
    errorContext: { interface: name },
    body: (writer) => {
      writeStructure(writer, LINK_HEADER, {})
      writeAttribute(writer, LINK.fields.name, name)
    },
  }
}

/** The request for all interfaces. */
export const LINKS_REQUEST: NetworkRequest = {
  type: RTM.GETLINK,
  body: (writer) => writeStructure(writer, LINK_HEADER, {}),
}

/**
 * Reads the index of an interface.
 *
 * @throws {NetworkError} `ENODEV` no such interface.
 */
export async function readInterfaceIndex(call: NetworkCall, name: string): Promise<number> {
  const read = (view: DataView, start: number, end: number) =>
    readStructure(view, start, end, LINK_HEADER).index
  return requireReply(await call.query(linkRequest(name), read))
}

/** Reads the name of an interface; undefined if no interface has this index. */
export async function readInterfaceName(call: NetworkCall, index: number): Promise<string | undefined> {
  const request: NetworkRequest = {
    type: RTM.GETLINK,
    body: (writer) => writeStructure(writer, LINK_HEADER, { index }),
  }
  return await undefinedIfRefused(call.query(request, readNameAttribute), 'ENODEV')
}

/** Reads the names of all interfaces by their index. */
export async function readInterfaceNames(call: NetworkCall): Promise<Map<number, string>> {
  const read = (view: DataView, start: number, end: number): [number, string] => {
    const { index } = readStructure(view, start, end, LINK_HEADER)
    return [index, readNameAttribute(view, start, end)]
  }
  return new Map(await call.dump(LINKS_REQUEST, read))
}

/**
 * Reads the names of the interfaces that the entries of a table refer to: all names, or only the name in a filter. Call it
 * after the dump of the table: the kernel removes the entries of an interface together with the interface.
 */
export async function readNamesFor(
  call: NetworkCall,
  interfaceName: string | undefined,
): Promise<ReadonlyMap<number, string>> {
  if (interfaceName === undefined) return await readInterfaceNames(call)
  return new Map([[await readInterfaceIndex(call, interfaceName), interfaceName]])
}

function readNameAttribute(view: DataView, start: number, end: number): string {
  return attributes.readStrictly(view, start + LINK_HEADER.size, end).require(LINK.fields.name)
}
