import { formatService } from '../../ipvs/model/service-key.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import type { Sysctls } from '../../sysctl/sysctls.ts'
import type { Step } from '../model/step.ts'
import type { CurrentTable } from '../model/table.ts'

const SYSCTL = 'net.ipv4.vs.expire_quiescent_template'

/**
 * Collects warnings about drains that have no effect: a persistent service keeps sending known clients to a destination with
 * weight 0, unless a sysctl says otherwise (ip_vs_check_template). Reads the sysctl only if there is such a drain.
 */
export async function collectDrainWarnings(
  steps: readonly Step[],
  { services }: CurrentTable,
  sysctls: Pick<Sysctls, 'find'>,
  options: CallOptions,
): Promise<readonly string[]> {
  const draining = new Set(
    steps.filter(({ kind }) => kind === 'drainDestination').map(({ service }) => service),
  )
  if (draining.size === 0) return []
  const names = services
    .filter(({ persistence }) => persistence !== null)
    .map(formatService)
    .filter((name) => draining.has(name))
  if (names.length === 0 || (await readSysctl(sysctls, options)) !== 0) return []
  return names.map(
    (name) =>
      `${name} is persistent: its known clients are sent to draining destinations until the deadline. Set ${SYSCTL} to 1 to send them elsewhere.`,
  )
}

/** Returns undefined if the sysctl cannot be read: then no warning is needed. */
async function readSysctl(
  sysctls: Pick<Sysctls, 'find'>,
  { signal }: CallOptions,
): Promise<number | undefined> {
  try {
    return await sysctls.find(SYSCTL, { signal })
  } catch {
    signal?.throwIfAborted()
    return undefined
  }
}
