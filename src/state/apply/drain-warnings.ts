import { formatService } from '../../ipvs/model/service-key.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import type { Sysctls } from '../../sysctl/sysctls.ts'
import type { Step } from '../model/step.ts'
import type { CurrentTable } from '../model/target.ts'

const SYSCTL = 'net.ipv4.vs.expire_quiescent_template'

/**
 * Says which drains are in vain: a persistent service goes on sending the clients that it knows to a destination without
 * weight, unless a sysctl says otherwise (ip_vs_check_template). Nothing is read if there are none.
 */
export async function collectDrainWarnings(
  steps: readonly Step[],
  { services }: CurrentTable,
  sysctls: Pick<Sysctls, 'find'> | undefined,
  options: CallOptions,
): Promise<readonly string[]> {
  const drained = new Set(
    steps.filter(({ kind }) => kind === 'drainDestination').map(({ service }) => service),
  )
  if (drained.size === 0 || sysctls === undefined) return []
  const names = services
    .filter(({ persistence }) => persistence !== null)
    .map(formatService)
    .filter((name) => drained.has(name))
  if (names.length === 0 || (await readSysctl(sysctls, options)) !== 0) return []
  return names.map(
    (name) =>
      `${name} is persistent: clients that it knows go on being sent to destinations that drain, until the deadline. Set ${SYSCTL} to 1 to have them go elsewhere.`,
  )
}

/** What cannot be read is nothing to warn of. */
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
