/**
 * The kernel under test. Whoever imports this needs one with IPVS and root: without them every test fails, since a test
 * that is skipped where it cannot run is a test that nobody misses.
 */

import { release } from 'node:os'
import { it, type TestFunction } from 'vitest'
import { Ipvs } from '../../src/index.ts'

const availability = await Ipvs.probe()
if (!availability.available) {
  throw new Error(
    'The tests of test/kernel need root and a kernel with IPVS; the lab has both: bash test/lab/lab.sh npx vitest run --project kernel',
    { cause: availability.error },
  )
}

/** The running kernel's release, such as `6.1.176` or `6.12.117+deb13-amd64`. */
export function kernelVersion(): string {
  return release()
}

/** Whether the running kernel is at least `version`, such as `7.1`. */
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
export const modulesAreOurs = process.env['LVS_LAB'] === 'uml' || process.env['LVS_LAB'] === 'qemu'
