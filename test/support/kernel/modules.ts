/** Kernel modules of IPVS, for tests that take them away and bring them back. */

import { readFile, writeFile } from 'node:fs/promises'
import { simulated } from './kernel.ts'
import { shell } from './shell.ts'
import { waitUntil } from './until.ts'

/** Of a simulated kernel's modules there is only `ip_vs`. */
export async function loadModules(...names: string[]): Promise<void> {
  if (simulated === undefined) await shell.run(['modprobe', '-a', ...names])
  else simulated.module.load()
}

/** Those of IPVS that are loaded. */
export async function loadedModules(): Promise<string[]> {
  if (simulated !== undefined) return simulated.module.state === 'loaded' ? ['ip_vs'] : []
  const modules = (await readFile('/proc/modules', 'utf8')).split('\n').map((line) => line.split(' ')[0]!)
  return modules.filter((name) => name === 'ip_vs' || name.startsWith('ip_vs_'))
}

/** Namespaces that are gone go on holding the module for a moment: the kernel takes them apart in the background. */
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

/** Whether the kernel can load a module that is not there. */
export async function allowLoading(allowed: boolean): Promise<void> {
  if (simulated === undefined) await writeFile(LOADER, allowed ? loader : '/bin/false')
  else if (simulated.module.state !== 'loaded') simulated.module.unload(allowed ? 'unloaded' : 'absent')
}
