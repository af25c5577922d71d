import type { Tunnel, TunnelChecksum } from '../../../ipvs/model/tunnel.ts'
import type { KeepalivedStatement } from '../source/statement.ts'
import type { ConfigurationProblems } from './problems.ts'

/** An `lvs_method` with its tunnel. */
export interface LvsMethod {
  readonly forwarding: 'dr' | 'nat' | 'tun'
  readonly tunnel: Tunnel | undefined
}

const METHODS = { NAT: 'nat', DR: 'dr', TUN: 'tun' } as const
const TYPES = { ipip: 1, gue: 1, gre: 1 } as const
const CHECKSUMS: Readonly<Record<string, TunnelChecksum>> = {
  nocsum: 'none',
  csum: 'checksum',
  remcsum: 'remote',
}

/**
 * Reads `NAT`, `DR` or `TUN [type {ipip|gue port NUM|gre} [nocsum|csum|remcsum]]`.
 * Other words after `NAT` or `DR` have no effect.
 *
 * @param earlier The method so far, whose tunnel stays if the options of a new one are invalid.
 */
export function readMethod(
  statement: KeepalivedStatement,
  problems: ConfigurationProblems,
  earlier?: LvsMethod,
): LvsMethod | undefined {
  const method = problems.readWord(statement, 1, METHODS)
  if (method === undefined) return undefined
  if (method !== 'TUN') return { forwarding: METHODS[method], tunnel: undefined }
  return { forwarding: 'tun', tunnel: readTunnel(statement, problems) ?? earlier?.tunnel }
}

/** Returns undefined if the options are invalid. */
function readTunnel(statement: KeepalivedStatement, problems: ConfigurationProblems): Tunnel | undefined {
  let type: keyof typeof TYPES = 'ipip'
  let port: number | undefined
  let checksum: TunnelChecksum | undefined
  const { words } = statement
  const refuse = (message: string) => problems.ignore(statement, `${message}; the tunnel stays as it is`)
  for (let index = 2; index < words.length; index++) {
    const word = words[index]!
    const value = words[index + 1]
    if (word === 'type') {
      if (value !== 'ipip' && value !== 'gue' && value !== 'gre') {
        return void refuse(
          `${words[0]} requires one of ${Object.keys(TYPES).join(', ')}, not ${value ?? 'nothing'}`,
        )
      }
      type = value
      index++
    } else if (word === 'port') {
      port = Number(/^\+?\d+$/.exec(value ?? ''))
      if (!(port >= 1 && port <= 65_535))
        return void refuse(`port requires a number from 1 to 65535, not ${value}`)
      index++
    } else if (CHECKSUMS[word] !== undefined) {
      checksum = CHECKSUMS[word]
    } else {
      return void refuse(`TUN may be followed by type, port, nocsum, csum or remcsum, not ${word}`)
    }
  }
  if ((type === 'gue') !== (port !== undefined))
    return void refuse('a gue tunnel, and no other, requires a port')
  if (type === 'ipip') {
    if (checksum !== undefined) return void refuse(`an ipip tunnel does not support checksums`)
    return { type }
  }
  if (type === 'gre') {
    if (checksum === 'remote') return void refuse('a gre tunnel does not support remcsum')
    return { type, ...(checksum === undefined ? {} : { checksum }) }
  }
  return { type, port: port!, ...(checksum === undefined ? {} : { checksum }) }
}
