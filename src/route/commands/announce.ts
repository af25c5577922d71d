import { constants } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { ArgumentRangeError, ArgumentTypeError, type NetworkError } from '../../errors.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { checkAddress, checkInteger, KnownFields } from '../../netlink/arguments/check.ts'
import { checkInterfaceName } from '../../netlink/arguments/interface-name.ts'
import type { HostTransport } from '../../netlink/transport/transport.ts'
import type { Family } from '../../netlink/wire/address.ts'
import { canonicalAddress } from '../../netlink/wire/ip-prefix.ts'
import type { Link } from '../model/link.ts'
import { arpAnnouncement, neighbourAdvertisement } from '../protocol/announcement-frames.ts'
import { explainNetworkError } from './explain.ts'
import { readLinkByName } from './link-commands.ts'
import type { NetworkCall } from './network-call.ts'
import type { NetworkClient } from './network-client.ts'

/** How an address is announced. */
export interface AnnounceOptions extends CallOptions {
  /** Number of repetitions, 1 to 100. Default 1. Frames can be lost, and a switch port drops them while it comes up. */
  readonly times?: number | undefined
  /** Seconds between repetitions, 0.001 to 60. Default 1. */
  readonly interval?: number | undefined
}

const KNOWN_FIELDS = new KnownFields(['times', 'interval', 'signal'])
const USE_ANOTHER_INTERFACE = 'announce the address on the interface towards its clients'
const INTERFACE_DOWN = 'the interface is down; bring it up with updateLink'
/** Explanations for errors of the system call. */
const SEND_ERRORS: Readonly<Record<string, string>> = {
  EPERM: 'this requires the capability CAP_NET_RAW in the network namespace; run it as root',
  ENETDOWN: INTERFACE_DOWN,
  ENXIO: 'the interface has been removed',
  ENODEV: 'the interface has been removed',
  ENOBUFS: 'the interface could not queue the frame; it may have no carrier',
}

/** Announces an address of this host on the network of an interface. */
export async function announce(
  client: NetworkClient,
  given: string,
  interfaceName: string,
  options: AnnounceOptions,
): Promise<void> {
  KNOWN_FIELDS.check('options', options)
  const { signal } = options
  const family = checkAddress('address', given)
  const address = canonicalAddress(given, family)
  const name = checkInterfaceName('interfaceName', interfaceName)
  const times = checkInteger('times', options.times ?? 1, 1, 100)
  const interval = checkInterval(options.interval ?? 1)
  await client.call('announce', `${address} on ${name}`, signal, async (call) => {
    const link = await findEthernetLink(call, name)
    const frames = await buildFrames(client.transport, link, address, family)
    for (let time = 1; ; time++) {
      for (const frame of frames) {
        signal?.throwIfAborted()
        await sendFrame(call, client.transport, link, frame)
      }
      if (time === times) return
      await pause(interval * 1000, signal)
    }
  })
}

function checkInterval(interval: unknown): number {
  const allowed = 'a number of seconds from 0.001 to 60'
  if (typeof interval !== 'number') throw new ArgumentTypeError('interval', allowed, interval)
  if (!(interval >= 0.001 && interval <= 60)) throw new ArgumentRangeError('interval', allowed, interval)
  return interval
}

/** Reads the interface. Rejects an interface that does not reach other hosts by Ethernet. */
async function findEthernetLink(
  call: NetworkCall,
  name: string,
): Promise<Link & { readonly address: string }> {
  const link = await readLinkByName(call, name)
  if (link === undefined)
    throw networkError(call, 'ENODEV', explainNetworkError('announce', 'ENODEV', { interface: name }))
  const { address } = link
  if (link.type === 'loopback')
    throw networkError(
      call,
      'EOPNOTSUPP',
      `the loopback interface reaches no other host; ${USE_ANOTHER_INTERFACE}`,
    )
  if (link.type !== 'ether' || !link.arp || address === undefined) {
    throw networkError(
      call,
      'EOPNOTSUPP',
      `the interface is not Ethernet, or does not use ARP; ${USE_ANOTHER_INTERFACE}`,
    )
  }
  if (!link.up) throw networkError(call, 'ENETDOWN', INTERFACE_DOWN)
  return { ...link, address }
}

async function buildFrames(
  transport: HostTransport,
  { name, address: linkAddress }: Link & { readonly address: string },
  address: string,
  family: Family,
): Promise<Uint8Array[]> {
  if (family === 'ipv6')
    return [neighbourAdvertisement(linkAddress, address, await isRouter(transport, name))]
  return [arpAnnouncement(linkAddress, address, 'request'), arpAnnouncement(linkAddress, address, 'reply')]
}

/**
 * The router flag must match the kernel's own advertisements: otherwise hosts stop using this host as a router (RFC 4861,
 * 7.2.5).
 */
async function isRouter(transport: HostTransport, name: string): Promise<boolean> {
  let text = ''
  try {
    for await (const chunk of transport.readFile(`/proc/sys/net/ipv6/conf/${name}/forwarding`)) {
      text += Buffer.from(chunk).toString('latin1')
    }
  } catch (error) {
    // Without IPv6 there is no such file.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return Number.parseInt(text, 10) > 0
}

async function sendFrame(
  call: NetworkCall,
  transport: HostTransport,
  { index }: Link,
  frame: Uint8Array,
): Promise<void> {
  try {
    await transport.sendFrame(index, frame)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    const explanation = SEND_ERRORS[code]
    throw explanation === undefined ? error : networkError(call, code, explanation, error)
  }
}

function networkError(call: NetworkCall, code: string, explanation: string, cause?: unknown): NetworkError {
  const errno = constants.errno[code as keyof typeof constants.errno]
  const options = cause === undefined ? undefined : { cause }
  return call.refusalError({ ...{ code, errno, explanation }, kernelMessage: undefined }, options)
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, { signal })
  } catch (error) {
    // An aborted call rejects with the reason of the signal, not with the timer's AbortError.
    signal?.throwIfAborted()
    throw error
  }
}
