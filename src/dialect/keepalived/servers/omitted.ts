import type { KeepalivedStatement } from '../source/statement.ts'
import type { KeepalivedVirtualServer } from './configuration.ts'
import { CHECKS } from './words.ts'

/** Top-level statements with an effect beside the table. */
const EFFECTS = /^(vrrp_|static_|bfd_instance$|track_|garp_group$)/

/** What keepalived does beyond the table, as texts. */
export function describeOmitted(
  servers: readonly KeepalivedVirtualServer[],
  others: readonly KeepalivedStatement[],
): string[] {
  const texts: string[] = []
  const counts = new Map<string, number>()
  for (const { words } of others) {
    const [word = ''] = words
    if (EFFECTS.test(word)) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  for (const [word, count] of counts) texts.push(`${count} ${word}`)
  const realServers = servers.flatMap((server) => server.realServers)
  const checked = realServers.filter(({ others: lines }) =>
    lines.some(({ words }) => CHECKS.has(words[0] ?? '')),
  )
  addCount(texts, checked.length, 'checks of', 'real server')
  addCount(texts, servers.filter(({ sorryServer }) => sorryServer !== undefined).length, '', 'sorry server')
  addCount(texts, servers.filter(({ quorum }) => quorum > 1).length, 'the quorum of', 'virtual server')
  const scripts = [...servers, ...realServers].filter(({ others: lines }) =>
    lines.some(({ words }) => /^(quorum|notify)_/.test(words[0] ?? '')),
  )
  addCount(texts, scripts.length, 'the scripts of', 'server')
  if (others.some(({ block }) => block?.some(({ words }) => words[0] === 'lvs_sync_daemon'))) {
    texts.push('lvs_sync_daemon')
  }
  return texts
}

function addCount(texts: string[], count: number, prefix: string, noun: string): void {
  if (count > 0) texts.push(`${prefix} ${count} ${noun}${count === 1 ? '' : 's'}`.trim())
}
