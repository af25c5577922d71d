import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { checkAddress, KnownFields } from '../../netlink/arguments/check.ts'
import { checkInterfaceName } from '../../netlink/arguments/interface-name.ts'
import { FAMILY_NUMBER } from '../../netlink/wire/address.ts'
import { requireReply, writeAttribute } from '../../netlink/wire/attributes.ts'
import { ADDRESS_BITS, canonicalAddress } from '../../netlink/wire/ip-prefix.ts'
import { writeStructure } from '../../netlink/wire/structure.ts'
import { checkAddressOfFamily } from '../model/prefix.ts'
import { readRouteReply, resolveInterfaces } from '../model/read-route.ts'
import type { Route, RouteLookup } from '../model/route.ts'
import { ROUTE, ROUTE_HEADER } from '../protocol/attributes.ts'
import { RTM, RTM_F_LOOKUP_TABLE } from '../protocol/uapi.ts'
import { readInterfaceIndex, readInterfaceName } from './interface-names.ts'
import type { NetworkClient } from './network-client.ts'

const { fields } = ROUTE
const KNOWN_FIELDS = new KnownFields(['from', 'interface'])

/** Asks the kernel which route a packet to an address takes. */
export async function routeTo(
  client: NetworkClient,
  given: string,
  lookup: RouteLookup,
  { signal }: CallOptions,
): Promise<Route> {
  KNOWN_FIELDS.check('lookup', lookup)
  const family = checkAddress('address', given)
  const address = canonicalAddress(given, family)
  const from =
    lookup.from === undefined ? undefined : checkAddressOfFamily('lookup.from', lookup.from, family)
  const name = lookup.interface
  if (name !== undefined) checkInterfaceName('lookup.interface', name)
  const bits = ADDRESS_BITS[family]
  return await client.call('routeTo', address, signal, async (call) => {
    const index = name === undefined ? undefined : await readInterfaceIndex(call, name)
    const answer = await call.query(
      {
        type: RTM.GETROUTE,
        errorContext: { from },
        body: (writer) => {
          writeStructure(writer, ROUTE_HEADER, {
            family: FAMILY_NUMBER[family],
            destinationLength: bits,
            sourceLength: from === undefined ? 0 : bits,
            flags: RTM_F_LOOKUP_TABLE,
          })
          writeAttribute(writer, fields.destination, address)
          if (from !== undefined) writeAttribute(writer, fields.source, from)
          if (index !== undefined) writeAttribute(writer, fields.outputInterface, index)
        },
      },
      readRouteReply,
    )
    const found = requireReply(answer)
    const names = new Map<number, string>()
    if (found.index !== undefined) {
      const outputInterface = await readInterfaceName(call, found.index)
      if (outputInterface !== undefined) names.set(found.index, outputInterface)
    }
    return requireReply(resolveInterfaces(found, names))
  })
}
