/**
 * Run under strace. Reads the sysctls of names that fast-check generates, and writes the values back, between two marks, which
 * are lookups of files that do not exist. Prints the numbers of sysctls that were read and refused, as JSON.
 */

import { accessSync } from 'node:fs'
import fc from 'fast-check'
import { KernelTransport } from '../../../../src/netlink/transport/kernel-transport.ts'
import { interfaceSysctl } from '../../../../src/sysctl/sysctl-name.ts'
import { Sysctls } from '../../../../src/sysctl/sysctls.ts'
import { anyInterface, anyName, anySetting } from '../../sysctl/arbitraries.ts'

const cases = Number(process.argv[2])
const sysctls = new Sysctls(new KernelTransport())
const outcomes = { read: 0, refused: 0 }

async function attempt(call: () => Promise<unknown>): Promise<void> {
  try {
    await call()
    outcomes.read++
  } catch {
    outcomes.refused++
  }
}

async function readAndPutBack(name: string): Promise<void> {
  const text = await sysctls.getText(name)
  await sysctls.setText(name, text)
}

function mark(name: string): void {
  try {
    accessSync(`/lvs-${name}`)
  } catch {}
}

await sysctls.getText('net.ipv4.ip_forward')
mark('begin')
await fc.assert(
  fc.asyncProperty(anyName, anyInterface, anySetting, async (name, interfaceName, setting) => {
    await attempt(() => readAndPutBack(name))
    await attempt(() => sysctls.find(name as 'net.ipv4.ip_forward'))
    await attempt(async () => readAndPutBack(interfaceSysctl('ipv4', interfaceName, setting as 'forwarding')))
    await attempt(() => sysctls.effective(setting as 'forwarding', interfaceName))
  }),
  { numRuns: cases, seed: 1 },
)
mark('end')
console.log(JSON.stringify(outcomes))
