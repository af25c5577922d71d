import type { Tunnel, TunnelChecksum } from '../../ipvs/model/tunnel.ts'
import type { ConfigurationProblems } from './problems.ts'
import type { KeepalivedStatement } from './statement.ts'

/** `lvs_method` and what it says of a tunnel. */
export interface LvsMethod {
  readonly forwarding: 'dr' | 'nat' | 'tun'
  readonly tunnel: Tunnel | undefined
}

const METHODS = { NAT: 'nat', DR: 'dr', TUN: 'tun' } as const
const CHECKSUMS: Readonly<Record<string, TunnelChecksum>> = {
  nocsum: 'none',
  csum: 'checksum',
  remcsum: 'remote',
}

/** Reads `NAT`, `DR` or `TUN [type {ipip|gue port NUM|gre} [nocsum|csum|remcsum]]`. */
export function readMethod(
  statement: KeepalivedStatement,
  complaints: ConfigurationProblems,
): LvsMethod | undefined {
  const method = complaints.readWord(statement, 1, METHODS)
  if (method === undefined) return undefined
  if (method !== 'TUN') {
    if (statement.words.length > 2)
      complaints.add(statement, `${method} has nothing behind it, least of all ${statement.words[2]}`)
    return { forwarding: METHODS[method], tunnel: undefined }
  }
  return { forwarding: 'tun', tunnel: readTunnel(statement, complaints) }
}

function readTunnel(statement: KeepalivedStatement, complaints: ConfigurationProblems): Tunnel | undefined {
  let type = 'ipip'
  let port: number | undefined
  let checksum: TunnelChecksum | undefined
  const { words } = statement
  for (let index = 2; index < words.length; index++) {
    const word = words[index]!
    if (word === 'type') type = complaints.readWord(statement, ++index, { ipip: 1, gue: 1, gre: 1 }) ?? type
    else if (word === 'port') port = complaints.readNumber(statement, ++index)
    else if (CHECKSUMS[word] !== undefined) checksum = CHECKSUMS[word]
    else complaints.add(statement, `TUN may have type, port, nocsum, csum or remcsum behind it, not ${word}`)
  }
  // What does not fit the type is told when the whole is looked at.
  return {
    type,
    ...(port === undefined ? {} : { port }),
    ...(checksum === undefined || (type === 'ipip' && checksum === 'none') ? {} : { checksum }),
  } as Tunnel
}
