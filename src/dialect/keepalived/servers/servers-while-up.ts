import type { ParsedRealServer } from './real-server.ts'
import type { ParsedVirtualServer } from './virtual-server.ts'

/**
 * The servers of a service while every check succeeds: all its real servers, or the sorry server if even their total weight
 * does not reach the quorum. A server that is inhibited stays in the table with weight 0 instead of leaving it.
 */
export function serversWhileUp(server: ParsedVirtualServer): readonly ParsedRealServer[] {
  const { realServers, sorryServer, weight: usual, quorum, hysteresis } = server
  if (sorryServer === undefined) return realServers
  const total = realServers.reduce((sum, { weight }) => sum + (weight ?? usual), 0)
  const needed = Math.min(quorum, total)
  const isUp = total > 0 && total >= needed + Math.min(hysteresis, needed - 1)
  const standby = (each: ParsedRealServer) => ({ ...each, weight: 0 })
  if (isUp) return server.sorryInhibit ? [...realServers, standby(sorryServer)] : realServers
  const inhibited = realServers.filter((each) => each.inhibitOnFailure ?? server.inhibitOnFailure)
  return [...inhibited.map(standby), sorryServer]
}
