/** Kernel modules of IPVS, for tests that take them away and bring them back. */

import { readFile } from 'node:fs/promises'
import { shell } from './shell.ts'
import { until } from './until.ts'

export async function loadModules(...names: string[]): Promise<void> {
  await shell.run(['modprobe', '-a', ...names])
}

/** Those of IPVS that are loaded. */
export async function loadedModules(): Promise<string[]> {
  const modules = (await readFile('/proc/modules', 'utf8')).split('\n').map((line) => line.split(' ')[0]!)
  return modules.filter((name) => name === 'ip_vs' || name.startsWith('ip_vs_'))
}

/** Namespaces that are gone go on holding the module for a moment: the kernel takes them apart in the background. */
export async function unloadIpvs(): Promise<void> {
  await until(
    async () => {
      const loaded = await loadedModules()
      if (loaded.length > 0) await shell.run(['modprobe', '-r', ...loaded]).catch(() => {})
      return await loadedModules()
    },
    (loaded) => loaded.length === 0,
  )
}
