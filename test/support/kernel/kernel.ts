/**
 * The kernel under test: the running one or a simulated one. Whoever imports this needs one with IPVS and root: without
 * them every test fails, since a test that is skipped where it cannot run is a test that nobody misses.
 */

import { release } from 'node:os'
import { it, type TestFunction } from 'vitest'
import { Ipvs } from '../../../src/index.ts'
import { PROFILES, type ProfileName } from '../../../src/testing/ipvs/profile.ts'
import { SimulatedKernel } from '../../../src/testing/simulated-kernel.ts'

/** The version of which a simulated kernel stands in for the running one: 6.1, 6.12 or 7.2. */
const SIMULATED = process.env['LVS_SIMULATED'] as ProfileName | undefined

/** The simulated kernel under test; undefined when it is the running one. */
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

/** A test of what the kernel does from a version on; an older kernel does not get it. */
export function since(version: string, name: string, test: TestFunction): void {
  if (isSince(version)) it(`${name} (since Linux ${version})`, test)
}

/** A test of what the kernel did up to a version; a newer kernel does not get it. */
export function before(version: string, name: string, test: TestFunction): void {
  if (!isSince(version)) it(`${name} (before Linux ${version})`, test)
}

/** The lab's own kernels may have their modules unloaded; that of the machine somebody works on may not. */
export const canUnloadModules =
  simulated !== undefined || process.env['LVS_LAB'] === 'uml' || process.env['LVS_LAB'] === 'qemu'

/** Lets a moment pass; a simulated kernel gets through a second in it. */
export async function pause(): Promise<void> {
  simulated?.clock.advance(1)
  await new Promise((resolve) => setTimeout(resolve, simulated === undefined ? 50 : 5))
}
