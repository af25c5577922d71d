import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { checkFamily, KnownFields } from '../../netlink/arguments/check.ts'
import { checkInterfaceName } from '../../netlink/arguments/interface-name.ts'
import { isRefusedWith } from '../../netlink/refused.ts'
import { FAMILY_NUMBER, type Family } from '../../netlink/wire/address.ts'
import { writeStructure } from '../../netlink/wire/structure.ts'
import {
  type CheckedAddress,
  type CheckedAddressKey,
  checkAddressInput,
  checkAddressKey,
  formatAddress,
  readAddressReply,
  writeAddressRequest,
} from '../model/address-message.ts'
import {
  type AddressFilter,
  type InterfaceAddress,
  type InterfaceAddressInput,
  type InterfaceAddressKey,
  SCOPES,
} from '../model/interface-address.ts'
import { ADDRESS_HEADER } from '../protocol/attributes.ts'
import { NLM_F_CREATE, NLM_F_EXCL, RTM } from '../protocol/uapi.ts'
import { readInterfaceIndex, readNamesFor } from './interface-names.ts'
import { isRemoved, type NetworkCall } from './network-call.ts'
import type { NetworkClient } from './network-client.ts'

const FILTER_FIELDS = new KnownFields(['interface', 'family'])

export async function listAddresses(
  client: NetworkClient,
  filter: AddressFilter,
  { signal }: CallOptions,
): Promise<InterfaceAddress[]> {
  FILTER_FIELDS.check('filter', filter)
  const { interface: name, family } = filter
  if (name !== undefined) checkInterfaceName('filter.interface', name)
  if (family !== undefined) checkFamily('filter.family', family)
  return await client.call('addresses', name ?? '', signal, (call) => dumpAddresses(call, name, family))
}

async function dumpAddresses(
  call: NetworkCall,
  interfaceName: string | undefined,
  family: Family | undefined,
): Promise<InterfaceAddress[]> {
  const number = family === undefined ? 0 : FAMILY_NUMBER[family]
  const found = await call.dump(
    { type: RTM.GETADDR, body: (writer) => writeStructure(writer, ADDRESS_HEADER, { family: number }) },
    readAddressReply,
  )
  const names = await readNamesFor(call, interfaceName)
  return found.flatMap(({ address, index }) => {
    const name = names.get(index)
    const matches = name !== undefined && (family ?? address.family) === address.family
    return matches ? [{ ...address, interface: name }] : []
  })
}

export async function addAddress(
  client: NetworkClient,
  input: InterfaceAddressInput,
  { signal }: CallOptions,
): Promise<void> {
  const address = checkAddressInput(input)
  await client.call('addAddress', formatAddress(address), signal, (call) => sendNewAddress(call, address))
}

export async function ensureAddress(
  client: NetworkClient,
  input: InterfaceAddressInput,
  { signal }: CallOptions,
): Promise<boolean> {
  const address = checkAddressInput(input)
  const required = input.scope === undefined ? { ...address, scope: undefined } : address
  return await client.call('ensureAddress', formatAddress(address), signal, async (call) => {
    try {
      await sendNewAddress(call, address)
      return true
    } catch (error) {
      if (!isRefusedWith(error, 'EEXIST')) throw error
      const listed = await dumpAddresses(call, address.interface, address.family)
      const same = listed.filter((candidate) => candidate.address === address.address)
      const found = same.find(({ prefixLength }) => prefixLength === address.prefixLength) ?? same[0]
      const difference = found === undefined ? undefined : describeDifference(required, found)
      if (found !== undefined && difference === undefined) return false
      throw difference === undefined ? error : call.existsError(error, difference)
    }
  })
}

/** Describes how an address differs from the requested one; undefined if it does not. */
function describeDifference(
  required: Omit<CheckedAddress, 'scope'> & { readonly scope: number | undefined },
  found: InterfaceAddress,
): string | undefined {
  const { prefixLength, label, scope, peer, lifetimes } = required
  if (found.prefixLength !== prefixLength) return `has the prefix length ${found.prefixLength}`
  if (label !== undefined && found.label !== label) return `has the label '${found.label}'`
  if (scope !== undefined && scopeNumber(found.scope) !== scope) return `has the scope '${found.scope}'`
  if (peer !== undefined && found.peer !== peer) {
    return found.peer === undefined ? 'has no peer' : `has the peer ${found.peer}`
  }
  if (lifetimes?.preferred === 0 && !found.flags.includes('deprecated')) {
    return 'is not deprecated, so the kernel may choose it as the source of connections from this host'
  }
  if (found.flags.includes('dadfailed')) return 'is unusable because another host on the network has it'
  return undefined
}

function scopeNumber(scope: InterfaceAddress['scope']): number {
  return typeof scope === 'number' ? scope : SCOPES[scope]
}

export async function removeAddress(
  client: NetworkClient,
  key: InterfaceAddressKey,
  { signal }: CallOptions,
): Promise<void> {
  const address = checkAddressKey(key)
  await client.call('removeAddress', formatAddress(address), signal, (call) =>
    sendDeleteAddress(call, address),
  )
}

export async function ensureNoAddress(
  client: NetworkClient,
  key: InterfaceAddressKey,
  { signal }: CallOptions,
): Promise<boolean> {
  const address = checkAddressKey(key)
  return await client.call('ensureNoAddress', formatAddress(address), signal, (call) =>
    isRemoved(sendDeleteAddress(call, address), 'EADDRNOTAVAIL', 'ENODEV'),
  )
}

async function sendNewAddress(call: NetworkCall, address: CheckedAddress): Promise<void> {
  const index = await readInterfaceIndex(call, address.interface)
  await call.send({
    type: RTM.NEWADDR,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    errorContext: { interface: address.interface },
    body: (writer) => writeAddressRequest(writer, address, index),
  })
}

async function sendDeleteAddress(call: NetworkCall, address: CheckedAddressKey): Promise<void> {
  const index = await readInterfaceIndex(call, address.interface)
  await call.send({
    type: RTM.DELADDR,
    errorContext: { interface: address.interface },
    body: (writer) => writeAddressRequest(writer, address, index),
  })
}
