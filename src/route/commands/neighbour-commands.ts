import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { checkFamily, EnumMap, KnownFields } from '../../netlink/arguments/check.ts'
import { checkInterfaceName } from '../../netlink/arguments/interface-name.ts'
import { FAMILY_NUMBER } from '../../netlink/wire/address.ts'
import { AttributeSet } from '../../netlink/wire/attributes.ts'
import { readStructure, writeStructure } from '../../netlink/wire/structure.ts'
import {
  NEIGHBOUR_STATES,
  type Neighbour,
  type NeighbourFilter,
  type NeighbourState,
} from '../model/neighbour.ts'
import { NEIGHBOUR, NEIGHBOUR_HEADER } from '../protocol/attributes.ts'
import { familyByNumber } from '../protocol/codecs.ts'
import { NTF_ROUTER, RTM } from '../protocol/uapi.ts'
import { readNamesFor } from './interface-names.ts'
import type { NetworkClient } from './network-client.ts'

const { fields } = NEIGHBOUR
const attributes = new AttributeSet(NEIGHBOUR)
const NEIGHBOUR_STATE_ENUM = new EnumMap<NeighbourState>(NEIGHBOUR_STATES)
const FILTER_FIELDS = new KnownFields(['interface', 'family'])

export async function listNeighbours(
  client: NetworkClient,
  filter: NeighbourFilter,
  { signal }: CallOptions,
): Promise<Neighbour[]> {
  FILTER_FIELDS.check('filter', filter)
  const { interface: name, family } = filter
  if (name !== undefined) checkInterfaceName('filter.interface', name)
  if (family !== undefined) checkFamily('filter.family', family)
  const number = family === undefined ? 0 : FAMILY_NUMBER[family]
  return await client.call('neighbours', name ?? '', signal, async (call) => {
    const found = await call.dump(
      { type: RTM.GETNEIGH, body: (writer) => writeStructure(writer, NEIGHBOUR_HEADER, { family: number }) },
      readNeighbourReply,
    )
    const names = await readNamesFor(call, name)
    return found.flatMap(({ neighbour, index }) => {
      const interfaceName = names.get(index)
      const matches = interfaceName !== undefined && (family ?? neighbour.family) === neighbour.family
      return matches ? [{ ...neighbour, interface: interfaceName }] : []
    })
  })
}

/** Reads a neighbour; undefined if it is of another family. The reply identifies its interface by index only. */
function readNeighbourReply(
  view: DataView,
  start: number,
  end: number,
): { readonly neighbour: Omit<Neighbour, 'interface'>; readonly index: number } | undefined {
  const { family: number, index, state, flags } = readStructure(view, start, end, NEIGHBOUR_HEADER)
  const family = familyByNumber(number)
  if (family === undefined) return undefined
  attributes.readStrictly(view, start + NEIGHBOUR_HEADER.size, end)
  const linkAddress = attributes.get(fields.linkAddress)
  return {
    neighbour: {
      address: attributes.require(fields.address),
      ...(linkAddress === undefined ? {} : { linkAddress }),
      state: NEIGHBOUR_STATE_ENUM.nameOf(state),
      family,
      router: (flags & NTF_ROUTER) !== 0,
    },
    index,
  }
}
