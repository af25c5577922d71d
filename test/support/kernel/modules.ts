/** Kernel modules of IPVS, for tests that unload and reload them. */

import { readFile, writeFile } from 'node:fs/promises'
import { simulated } from './kernel.ts'
import { shell } from './shell.ts'
import { waitUntil } from './until.ts'

/** Loads modules; a simulated kernel has only `ip_vs`. */
export async function loadModules(...names: string[]): Promise<void> {
  if (simulated === undefined) await shell.run(['modprobe', '-a', ...names])
  else simulated.module.load()
}

/** The loaded modules of IPVS. */
export async function loadedModules(): Promise<string[]> {
  if (simulated !== undefined) return simulated.module.state === 'loaded' ? ['ip_vs'] : []
  const modules = (await readFile('/proc/modules', 'utf8')).split('\n').map((line) => line.split(' ')[0]!)
  return modules.filter((name) => name === 'ip_vs' || name.startsWith('ip_vs_'))
}

/** Unloads IPVS. Deleted namespaces hold the module until the kernel has destroyed them in the background. */
export async function unloadIpvs(): Promise<void> {
  simulated?.module.unload()
  await waitUntil(
    async () => {
      const loaded = await loadedModules()
      if (loaded.length > 0) await shell.run(['modprobe', '-r', ...loaded]).catch(() => {})
      return await loadedModules()
    },
    (loaded) => loaded.length === 0,
  )
}

/** The program with which the kernel loads modules. */
const LOADER = '/proc/sys/kernel/modprobe'
const loader = simulated === undefined ? await readFile(LOADER, 'utf8') : ''

/** Allows or forbids the kernel to load modules. */
export async function allowLoading(allowed: boolean): Promise<void> {
  if (simulated === undefined) await writeFile(LOADER, allowed ? loader : '/bin/false')
  else if (simulated.module.state !== 'loaded') simulated.module.unload(allowed ? 'unloaded' : 'absent')
}
