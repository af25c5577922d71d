import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import type { DestinationChanges, DestinationKey } from '../../../ipvs/model/destination.ts'
import type { Tunnel, TunnelChecksum } from '../../../ipvs/model/tunnel.ts'
import { familyOf } from '../../../netlink/wire/address.ts'
import { addNetnsOption, type NetnsOptions, parseInteger } from './command-options.ts'

/** The options of a destination. */
export interface DestinationOptions extends NetnsOptions {
  readonly forwarding?: 'dr' | 'nat' | 'tun'
  readonly weight?: number
  readonly upper?: number
  readonly lower?: number
  readonly tunnel?: Tunnel
  readonly checksum?: TunnelChecksum
}

/** Adds the argument that names a destination. */
export function addDestinationArgument(command: Command): Command {
  const destination = new Argument('<destination>', 'real server: address, or address:port')
  return command.addArgument(destination.argParser(parseDestination))
}

/** Adds the options of a destination. */
export function addDestinationOptions(command: Command): Command {
  const forwarding = new Option('--forwarding <method>', 'forwarding method: direct routing, NAT or tunnel')
  const checksum = new Option('--checksum <mode>', 'checksum of the gue or gre header')
  return addNetnsOption(
    command
      .addOption(forwarding.choices(['dr', 'nat', 'tun']))
      .option('--weight <number>', 'relative share of connections; 0: no new connections', parseInteger)
      .option('--upper <number>', 'maximum number of connections; 0: no limit', parseInteger)
      .option('--lower <number>', 'accept connections again below this number', parseInteger)
      .option('--tunnel <type>', 'ipip, gue:PORT or gre; implies --forwarding tun', parseTunnel)
      .addOption(checksum.choices(['none', 'checksum', 'remote'])),
  )
}

/** Converts the options to a destination with the given settings. */
export function toDestinationChanges(key: DestinationKey, options: DestinationOptions): DestinationChanges {
  const { weight, upper, lower, tunnel, checksum } = options
  const forwarding = options.forwarding ?? (tunnel === undefined ? undefined : 'tun')
  return {
    ...key,
    ...(forwarding === undefined ? {} : { forwarding }),
    ...(weight === undefined ? {} : { weight }),
    ...(upper === undefined ? {} : { upperThreshold: upper }),
    ...(lower === undefined ? {} : { lowerThreshold: lower }),
    ...(tunnel === undefined ? {} : { tunnel: checksum === undefined ? tunnel : { ...tunnel, checksum } }),
  } as DestinationChanges
}

/** Parses `10.0.0.1`, `10.0.0.1:80`, `2001:db8::1` or `[2001:db8::1]:80`. */
export function parseDestination(text: string): DestinationKey {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^[\]:]+))(?::(\d+))?$/.exec(text) ?? []
  const address = bracketed ?? plain ?? text
  if (familyOf(address) === undefined) {
    throw new InvalidArgumentError('Expected 10.0.0.1, 10.0.0.1:80, 2001:db8::1 or [2001:db8::1]:80.')
  }
  return port === undefined ? { address } : { address, port: Number(port) }
}

function parseTunnel(text: string): Tunnel {
  const [type, port] = text.split(':')
  if (port === undefined && (type === 'ipip' || type === 'gre')) return { type }
  if (type === 'gue' && port !== undefined && /^\d+$/.test(port)) return { type, port: Number(port) }
  throw new InvalidArgumentError('Expected ipip, gre, or gue with a port, such as gue:6080.')
}
