import { AttributeSet, requireReply, writeAttribute } from '../../netlink/wire/attributes.ts'
import { readStructure, writeStructure } from '../../netlink/wire/structure.ts'
import { LINK, LINK_HEADER } from '../protocol/attributes.ts'
import { RTM } from '../protocol/uapi.ts'
import { isRefusedWith, type NetworkCall, type NetworkRequest } from './network-call.ts'

const attributes = new AttributeSet(LINK)

/** Asks for one interface by its name. */
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

/** Asks for all interfaces. */
export const LINKS_REQUEST: NetworkRequest = {
  type: RTM.GETLINK,
  body: (writer) => writeStructure(writer, LINK_HEADER, {}),
}

/**
 * The number of an interface.
 *
 * @throws {NetworkError} `ENODEV` there is none of that name.
 */
export async function readInterfaceIndex(call: NetworkCall, name: string): Promise<number> {
  const read = (view: DataView, start: number, end: number) =>
    readStructure(view, start, end, LINK_HEADER).index
  return requireReply(await call.query(linkRequest(name), read))
}

/** The name of an interface; undefined when there is none of that number. */
export async function readInterfaceName(call: NetworkCall, index: number): Promise<string | undefined> {
  const request: NetworkRequest = {
    type: RTM.GETLINK,
    body: (writer) => writeStructure(writer, LINK_HEADER, { index }),
  }
  try {
    return await call.query(request, (view, start, end) => readNameAttribute(view, start, end))
  } catch (error) {
    if (isRefusedWith(error, 'ENODEV')) return undefined
    throw error
  }
}

/** The names of all interfaces by their number. */
export async function readInterfaceNames(call: NetworkCall): Promise<Map<number, string>> {
  const read = (view: DataView, start: number, end: number): [number, string] => {
    const { index } = readStructure(view, start, end, LINK_HEADER)
    return [index, readNameAttribute(view, start, end)]
  }
  return new Map(await call.dump(LINKS_REQUEST, read))
}

/**
 * The names of the interfaces that something refers to: of one alone where a filter names it. To be asked for after what
 * refers to them: what has gone in between took that with it.
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
