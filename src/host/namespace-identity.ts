import { readFile, stat } from 'node:fs/promises'

/** Which network namespace of which running kernel. */
export interface NamespaceIdentity {
  /** Changes with every start of the machine: /proc/sys/kernel/random/boot_id. */
  readonly boot: string
  /** Inode number of the network namespace. */
  readonly netns: string
}

const OWN = '/proc/self/ns/net'
const FIRST = '/proc/1/ns/net'

/** Identifies a network namespace by its path, or the process's own. */
export async function identify(netns: string | undefined): Promise<NamespaceIdentity> {
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
  return { boot, netns: await inodeOf(netns ?? OWN) }
}

/**
 * Where what was there before is recorded unless a file is named: /var/lib/lvs/state.json, or for a network namespace that
 * is not that of the first process, /var/lib/lvs/state-<inode>.json, whichever way it is reached.
 */
export async function defaultStateFile({ netns }: NamespaceIdentity): Promise<string> {
  // Whoever may not look at the first process takes its own namespace for that.
  const first = await inodeOf(FIRST).catch(() => inodeOf(OWN))
  return netns === first ? '/var/lib/lvs/state.json' : `/var/lib/lvs/state-${netns}.json`
}

async function inodeOf(path: string): Promise<string> {
  return String((await stat(path, { bigint: true })).ino)
}
