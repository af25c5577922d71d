import { readFile, stat } from 'node:fs/promises'

/** Which network namespace of which running kernel. */
export interface NamespaceIdentity {
  /** Changes with every start of the machine: /proc/sys/kernel/random/boot_id. */
  readonly boot: string
  /** Inode number of the network namespace. */
  readonly netns: string
}

const OWN_NAMESPACE = '/proc/self/ns/net'
const INITIAL_NAMESPACE = '/proc/1/ns/net'

/** Identifies a network namespace by its path, or the process's own. */
export async function identifyNamespace(netns: string | undefined): Promise<NamespaceIdentity> {
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
  return { boot, netns: await inodeOf(netns ?? OWN_NAMESPACE) }
}

/**
 * What tells the files of a network namespace from those of others: nothing for that of the first process, else
 * `-<inode>`, whichever way it is reached.
 */
export async function namespaceSuffix({ netns }: Pick<NamespaceIdentity, 'netns'>): Promise<string> {
  // Whoever may not look at the first process takes its own namespace for that.
  const first = await inodeOf(INITIAL_NAMESPACE).catch(() => inodeOf(OWN_NAMESPACE))
  return netns === first ? '' : `-${netns}`
}

/** Where what was there before is recorded unless a file is named: /var/lib/lvs/state.json, elsewhere /var/lib/lvs/state-<inode>.json. */
export async function defaultStateFile(identity: NamespaceIdentity): Promise<string> {
  return `/var/lib/lvs/state${await namespaceSuffix(identity)}.json`
}

async function inodeOf(path: string): Promise<string> {
  return String((await stat(path, { bigint: true })).ino)
}
