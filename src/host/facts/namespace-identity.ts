import { readFile, stat } from 'node:fs/promises'

/** Identifies a network namespace of a running kernel. */
export interface NamespaceIdentity {
  /** Changes with each boot: /proc/sys/kernel/random/boot_id. */
  readonly boot: string
  /** Inode number of the network namespace. */
  readonly netns: string
}

const OWN_NAMESPACE = '/proc/self/ns/net'
const INITIAL_NAMESPACE = '/proc/1/ns/net'

/** Identifies the network namespace at a path, or the namespace of the process. */
export async function identifyNamespace(netns: string | undefined): Promise<NamespaceIdentity> {
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
  return { boot, netns: await inodeOf(netns ?? OWN_NAMESPACE) }
}

/**
 * Suffix for the files of a network namespace: empty for the namespace of process 1, otherwise `-<inode>`. It does not depend
 * on the path of the namespace.
 */
export async function namespaceSuffix({ netns }: Pick<NamespaceIdentity, 'netns'>): Promise<string> {
  // Without permission to read the namespace of process 1, the process assumes that both are in the same namespace.
  const initial = await inodeOf(INITIAL_NAMESPACE).catch(() => inodeOf(OWN_NAMESPACE))
  return netns === initial ? '' : `-${netns}`
}

/** Default path of the state file: /var/lib/lvs/state.json, with the suffix of the network namespace. */
export async function defaultStateFile(identity: NamespaceIdentity): Promise<string> {
  return `/var/lib/lvs/state${await namespaceSuffix(identity)}.json`
}

async function inodeOf(path: string): Promise<string> {
  return String((await stat(path, { bigint: true })).ino)
}
