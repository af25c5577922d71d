import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { checkInterfaceName } from '../../netlink/arguments/interface-name.ts'
import { isRefusedWith, undefinedIfRefused } from '../../netlink/refused.ts'
import { writeAttribute } from '../../netlink/wire/attributes.ts'
import { writeStructure } from '../../netlink/wire/structure.ts'
import type { Link, LinkChanges, LinkInput } from '../model/link.ts'
import {
  type CheckedLink,
  checkLink,
  checkLinkChanges,
  readLinkReply,
  writeLinkChanges,
  writeNewLink,
} from '../model/link-message.ts'
import { LINK, LINK_HEADER } from '../protocol/attributes.ts'
import { NLM_F_CREATE, NLM_F_EXCL, RTM } from '../protocol/uapi.ts'
import { LINKS_REQUEST, linkRequest, readInterfaceName } from './interface-names.ts'
import { isRemoved, type NetworkCall } from './network-call.ts'
import type { NetworkClient } from './network-client.ts'

export async function listLinks(client: NetworkClient, { signal }: CallOptions): Promise<Link[]> {
  return await client.call('links', '', signal, async (call) => {
    const found = await call.dump(LINKS_REQUEST, readLinkReply)
    const names = new Map(found.map(({ link }) => [link.index, link.name]))
    return found.map(({ link, masterIndex }) => withMaster(link, names.get(masterIndex ?? 0)))
  })
}

export async function findLink(
  client: NetworkClient,
  given: string,
  { signal }: CallOptions,
): Promise<Link | undefined> {
  const name = checkInterfaceName('name', given)
  return await client.call('findLink', name, signal, (call) => readLinkByName(call, name))
}

/** Reads one link; undefined if no link has this name. */
export async function readLinkByName(call: NetworkCall, name: string): Promise<Link | undefined> {
  const found = await undefinedIfRefused(call.query(linkRequest(name), readLinkReply), 'ENODEV')
  if (found?.masterIndex === undefined) return found?.link
  return withMaster(found.link, await readInterfaceName(call, found.masterIndex))
}

function withMaster(link: Link, master: string | undefined): Link {
  return master === undefined ? link : { ...link, master }
}

export async function addLink(
  client: NetworkClient,
  input: LinkInput,
  { signal }: CallOptions,
): Promise<void> {
  const link = checkLink(input)
  await client.call('addLink', link.name, signal, (call) => sendNewLink(call, link))
}

export async function ensureLink(
  client: NetworkClient,
  input: LinkInput,
  { signal }: CallOptions,
): Promise<boolean> {
  const link = checkLink(input)
  return await client.call('ensureLink', link.name, signal, async (call) => {
    try {
      await sendNewLink(call, link)
      return true
    } catch (error) {
      if (!isRefusedWith(error, 'EEXIST')) throw error
      const found = await readLinkByName(call, link.name)
      if (found === undefined || !matchesRequest(found, link)) throw error
      return false
    }
  })
}

export async function removeLink(
  client: NetworkClient,
  given: string,
  { signal }: CallOptions,
): Promise<void> {
  const name = checkInterfaceName('name', given)
  await client.call('removeLink', name, signal, (call) => sendDeleteLink(call, name))
}

export async function ensureNoLink(
  client: NetworkClient,
  given: string,
  { signal }: CallOptions,
): Promise<boolean> {
  const name = checkInterfaceName('name', given)
  return await client.call('ensureNoLink', name, signal, (call) =>
    isRemoved(sendDeleteLink(call, name), 'ENODEV'),
  )
}

export async function updateLink(
  client: NetworkClient,
  given: string,
  input: LinkChanges,
  { signal }: CallOptions,
): Promise<void> {
  const name = checkInterfaceName('name', given)
  const changes = checkLinkChanges(input)
  await client.call('updateLink', name, signal, (call) =>
    call.send({
      type: RTM.NEWLINK,
      errorContext: { interface: name },
      body: (writer) => writeLinkChanges(writer, name, changes),
    }),
  )
}

async function sendNewLink(call: NetworkCall, link: CheckedLink): Promise<void> {
  await call.send({
    type: RTM.NEWLINK,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    errorContext: { interface: link.name, kind: link.kind },
    body: (writer) => writeNewLink(writer, link),
  })
}

async function sendDeleteLink(call: NetworkCall, name: string): Promise<void> {
  await call.send({
    type: RTM.DELLINK,
    errorContext: { interface: name },
    body: (writer) => {
      writeStructure(writer, LINK_HEADER, {})
      writeAttribute(writer, LINK.fields.name, name)
    },
  })
}

/** Whether an existing link is the requested one. Settings that the request omits, such as the MTU, are ignored. */
function matchesRequest(found: Link, { kind, tunnel }: CheckedLink): boolean {
  const ends = found.tunnel ?? {}
  return (
    found.kind === kind &&
    ends.local === tunnel.local &&
    ends.remote === tunnel.remote &&
    ends.external === tunnel.external &&
    (tunnel.ttl === undefined || ends.ttl === tunnel.ttl)
  )
}
