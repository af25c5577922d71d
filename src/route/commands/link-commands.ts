import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { checkInterfaceName } from '../../netlink/arguments/interface-name.ts'
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
import type { NetworkClient } from './client.ts'
import { LINKS_REQUEST, linkRequest, readInterfaceName } from './interface-names.ts'
import { isChanged, isRefusedWith, type NetworkCall } from './network-call.ts'

export async function listLinks({ requests }: NetworkClient, { signal }: CallOptions): Promise<Link[]> {
  return await requests.call('links', '', signal, async (call) => {
    const found = await call.dump(LINKS_REQUEST, readLinkReply)
    const names = new Map(found.map(({ link }) => [link.index, link.name]))
    return found.map(({ link, masterIndex }) => withMaster(link, names.get(masterIndex ?? 0)))
  })
}

export async function findLink(
  { requests }: NetworkClient,
  given: string,
  { signal }: CallOptions,
): Promise<Link | undefined> {
  const name = checkInterfaceName('name', given)
  return await requests.call('link', name, signal, (call) => readLinkByName(call, name))
}

/** Reads one link; undefined when there is none of that name. */
export async function readLinkByName(call: NetworkCall, name: string): Promise<Link | undefined> {
  try {
    const found = await call.query(linkRequest(name), readLinkReply)
    if (found?.masterIndex === undefined) return found?.link
    return withMaster(found.link, await readInterfaceName(call, found.masterIndex))
  } catch (error) {
    if (isRefusedWith(error, 'ENODEV')) return undefined
    throw error
  }
}

function withMaster(link: Link, master: string | undefined): Link {
  return master === undefined ? link : { ...link, master }
}

export async function addLink(
  { requests }: NetworkClient,
  input: LinkInput,
  { signal }: CallOptions,
): Promise<void> {
  const link = checkLink(input)
  await requests.call('addLink', link.name, signal, (call) => sendNewLink(call, link))
}

export async function ensureLink(
  { requests }: NetworkClient,
  input: LinkInput,
  { signal }: CallOptions,
): Promise<boolean> {
  const link = checkLink(input)
  return await requests.call('ensureLink', link.name, signal, async (call) => {
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
  { requests }: NetworkClient,
  given: string,
  { signal }: CallOptions,
): Promise<void> {
  const name = checkInterfaceName('name', given)
  await requests.call('removeLink', name, signal, (call) => sendDeleteLink(call, name))
}

export async function ensureNoLink(
  { requests }: NetworkClient,
  given: string,
  { signal }: CallOptions,
): Promise<boolean> {
  const name = checkInterfaceName('name', given)
  return await requests.call('ensureNoLink', name, signal, (call) =>
    isChanged(sendDeleteLink(call, name), 'ENODEV'),
  )
}

export async function updateLink(
  { requests }: NetworkClient,
  given: string,
  input: LinkChanges,
  { signal }: CallOptions,
): Promise<void> {
  const name = checkInterfaceName('name', given)
  const changes = checkLinkChanges(input)
  await requests.call('updateLink', name, signal, (call) =>
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

/** Whether a link is what was to be made. What was left open, such as the MTU, may be anything. */
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
