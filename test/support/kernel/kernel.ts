/**
 * The kernel under test: the running one or a simulated one. Tests that import this need root and a kernel with IPVS, and fail
 * without them: a skipped test would go unnoticed.
 */

import { release } from 'node:os'
import { it, type TestFunction } from 'vitest'
import { Ipvs } from '../../../src/index.ts'
import { PROFILES, type ProfileName } from '../../../src/testing/ipvs/profile.ts'
import { SimulatedKernel } from '../../../src/testing/simulated-kernel.ts'

/** The version of the simulated kernel to test, instead of the running one: 6.1, 6.12 or 7.2. */
const SIMULATED = process.env['LVS_SIMULATED'] as ProfileName | undefined

/** The simulated kernel under test; undefined if the running one is tested. */
export const simulated = SIMULATED === undefined ? undefined : simulate(SIMULATED)

const availability = await Ipvs.probe(simulated === undefined ? {} : { transport: simulated })
if (!availability.available) {
  throw new Error(
    'The tests of test/kernel need root and a kernel with IPVS; the lab has both: bash test/lab/lab.sh npx vitest run --project kernel',
    { cause: availability.error },
  )
}

function simulate(profile: ProfileName): SimulatedKernel {
  const kernel = new SimulatedKernel({ profile })
  kernel.files.set('/sys/module/ip_vs/parameters/conn_tab_bits', '12\n')
  return kernel
}

/** The release of the kernel under test, such as `6.1.176` or `6.12.117+deb13-amd64`. */
export function kernelVersion(): string {
  return SIMULATED === undefined ? release() : PROFILES[SIMULATED].release
}

/** Whether the kernel under test is at least `version`, such as `7.1`. */
export function isSince(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [runningMajor = 0, runningMinor = 0] = kernelVersion().split('.').map(Number)
  return runningMajor > major || (runningMajor === major && runningMinor >= minor)
}

/** Defines a test for kernels from a version on. */
export function since(version: string, name: string, test: TestFunction): void {
  if (isSince(version)) it(`${name} (since Linux ${version})`, test)
}

/** Defines a test for kernels before a version. */
export function before(version: string, name: string, test: TestFunction): void {
  if (!isSince(version)) it(`${name} (before Linux ${version})`, test)
}

/** Whether tests may unload modules: in the lab's own kernels, but not in the kernel of a developer's machine. */
export const canUnloadModules =
  simulated !== undefined || process.env['LVS_LAB'] === 'uml' || process.env['LVS_LAB'] === 'qemu'

/** Waits between two polls, 50 ms; the clock of a simulated kernel advances by a second meanwhile. */
export async function pause(): Promise<void> {
  simulated?.clock.advance(1)
  await new Promise((resolve) => setTimeout(resolve, simulated === undefined ? 50 : 5))
}
