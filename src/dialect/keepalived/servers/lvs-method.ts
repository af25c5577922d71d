import type { Tunnel, TunnelChecksum } from '../../../ipvs/model/tunnel.ts'
import type { KeepalivedStatement } from '../source/statement.ts'
import type { ConfigurationProblems } from './problems.ts'

/** An `lvs_method` with its tunnel. */
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
  problems: ConfigurationProblems,
): LvsMethod | undefined {
  const method = problems.readWord(statement, 1, METHODS)
  if (method === undefined) return undefined
  if (method !== 'TUN') {
    if (statement.words.length > 2)
      problems.add(statement, `unexpected ${statement.words[2]} after ${method}`)
    return { forwarding: METHODS[method], tunnel: undefined }
  }
  return { forwarding: 'tun', tunnel: readTunnel(statement, problems) }
}

function readTunnel(statement: KeepalivedStatement, problems: ConfigurationProblems): Tunnel | undefined {
  let type = 'ipip'
  let port: number | undefined
  let checksum: TunnelChecksum | undefined
  const { words } = statement
  for (let index = 2; index < words.length; index++) {
    const word = words[index]!
    if (word === 'type') type = problems.readWord(statement, ++index, { ipip: 1, gue: 1, gre: 1 }) ?? type
    else if (word === 'port') port = problems.readNumber(statement, ++index)
    else if (CHECKSUMS[word] !== undefined) checksum = CHECKSUMS[word]
    else problems.add(statement, `TUN may be followed by type, port, nocsum, csum or remcsum, not ${word}`)
  }
  // Options that do not fit the type are reported when the document is validated.
  return {
    type,
    ...(port === undefined ? {} : { port }),
    ...(checksum === undefined || (type === 'ipip' && checksum === 'none') ? {} : { checksum }),
  } as Tunnel
}
