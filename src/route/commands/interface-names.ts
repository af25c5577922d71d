import { AttributeSet, answered, writeAttribute } from '../../netlink/wire/attributes.ts'
import { readStructure, writeStructure } from '../../netlink/wire/structure.ts'
import { LINK, LINK_HEADER } from '../protocol/attributes.ts'
import { type Call, isRefusal, type Request } from './network-call.ts'
import { RTM } from '../protocol/uapi.ts'

const attributes = new AttributeSet(LINK)

/** Asks for one interface by its name. */
export function linkRequest(name: string): Request {
  return {
    type: RTM.GETLINK,
    circumstances: { interface: name },
    body: (writer) => {
      writeStructure(writer, LINK_HEADER, {})
      writeAttribute(writer, LINK.fields.name, name)
    },
  }
}

/** Asks for all interfaces. */
export const LINKS_REQUEST: Request = {
  type: RTM.GETLINK,
  body: (writer) => writeStructure(writer, LINK_HEADER, {}),
}

/**
 * The number of an interface.
 *
 * @throws {NetworkError} `ENODEV` there is none of that name.
 */
export async function readIndex(call: Call, name: string): Promise<number> {
  const read = (view: DataView, start: number, end: number) =>
    readStructure(view, start, end, LINK_HEADER).index
  return answered(await call.ask(linkRequest(name), read))
}

/** The name of an interface; undefined when there is none of that number. */
export async function readName(call: Call, index: number): Promise<string | undefined> {
  const request: Request = {
    type: RTM.GETLINK,
    body: (writer) => writeStructure(writer, LINK_HEADER, { index }),
  }
  try {
    return await call.ask(request, (view, start, end) => nameIn(view, start, end))
  } catch (error) {
    if (isRefusal(error, 'ENODEV')) return undefined
    throw error
  }
}

/** The names of all interfaces by their number. */
export async function readNames(call: Call): Promise<Map<number, string>> {
  const read = (view: DataView, start: number, end: number): [number, string] => {
    const { index } = readStructure(view, start, end, LINK_HEADER)
    return [index, nameIn(view, start, end)]
  }
  return new Map(await call.dump(LINKS_REQUEST, read))
}

/**
 * The names of the interfaces that something refers to: of one alone where a filter names it. To be asked for after what
 * refers to them: what has gone in between took that with it.
 */
export async function namesFor(
  call: Call,
  interfaceName: string | undefined,
): Promise<ReadonlyMap<number, string>> {
  if (interfaceName === undefined) return await readNames(call)
  return new Map([[await readIndex(call, interfaceName), interfaceName]])
}

function nameIn(view: DataView, start: number, end: number): string {
  return attributes.readStrictly(view, start + LINK_HEADER.size, end).require(LINK.fields.name)
}
