import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { AddonError } from '../errors.ts'

/** The exports of the addon (`native/`) that concern files. Those that concern netlink are typed where they are used. */
export interface FileAddon {
  /**
   * Opens a file as seen in the network namespace `netns`. Resolves to its descriptor, which `closeFile` or the end of
   * the calling thread closes.
   */
  openFile(path: string, flags: number, netns?: string): Promise<number>
  /**
   * Locks a descriptor from `openFile` (flock(2), LOCK_EX | LOCK_NB). Returns false if another open file has the lock.
   * Closing the descriptor releases it.
   */
  lockFile(descriptor: number): boolean
  closeFile(descriptor: number): void
}

let addon: unknown

/**
 * Loads the addon on the first call, so that importing the package does not require compiled code.
 *
 * @throws {AddonError} if it cannot be loaded.
 */
export function loadAddon<T>(): T {
  addon ??= loadBuiltAddon() ?? loadWithNodeGypBuild()
  return addon as T
}

/** The path of the addon that installation compiles. Loading it directly takes a quarter of the time of a search. */
const BUILT_ADDON = fileURLToPath(new URL('../../build/Release/lvs_netlink.node', import.meta.url))

function loadBuiltAddon(): unknown {
  if (process.env['PREBUILDS_ONLY'] !== undefined) return undefined
  const module = { exports: {} }
  try {
    process.dlopen(module, BUILT_ADDON)
  } catch {
    return undefined
  }
  return module.exports
}

function loadWithNodeGypBuild(): unknown {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  try {
    return createRequire(import.meta.url)('node-gyp-build')(root)
  } catch (cause) {
    throw new AddonError(root, cause)
  }
}
