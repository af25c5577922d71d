import { normalize } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArgumentRangeError, ArgumentTypeError, SysctlError } from '../../../src/errors.ts'
import { interfaceSysctl, type SysctlName } from '../../../src/sysctl/sysctl-name.ts'
import { Sysctls } from '../../../src/sysctl/sysctls.ts'
import { anyInterface, anyName, anySetting } from '../../support/sysctl/arbitraries.ts'
import { SysctlFiles } from '../../support/sysctl/sysctl-files.ts'

const CASES = 5000

/** Whether a path is below /proc/sys/net without normalisation. */
function isBelowNet(path: string): boolean {
  const parts = path.split('/')
  const names = parts.slice(4)
  return (
    path.startsWith('/proc/sys/net/') &&
    normalize(path) === path &&
    !path.includes('\0') &&
    names.every((name) => name !== '' && name !== '.' && name !== '..') &&
    Buffer.from(path).toString() === path
  )
}

/** Every call with a name. It resolves, or rejects with one of the documented errors. */
async function callEverything(sysctls: Sysctls, name: string, interfaceName: string, setting: string) {
  const spelled = () => interfaceSysctl('ipv4', interfaceName, setting as 'forwarding')
  const calls = [
    () => sysctls.get(name as SysctlName),
    () => sysctls.find(name as SysctlName),
    () => sysctls.set(name as SysctlName, 1),
    () => sysctls.getText(name),
    () => sysctls.findText(name),
    () => sysctls.setText(name, '1'),
    () => sysctls.effective(setting as 'forwarding', interfaceName),
    () => sysctls.effective(setting as 'forwarding', interfaceName, { family: 'ipv6' }),
    async () => sysctls.set(spelled(), 1),
    async () => sysctls.getText(spelled()),
  ]
  for (const call of calls) {
    const error: unknown = await call().catch((reason: unknown) => reason)
    if (!(error instanceof Error)) continue
    const isExpected = [ArgumentTypeError, ArgumentRangeError, SysctlError].some(
      (type) => error instanceof type,
    )
    if (!isExpected) throw error
  }
}

describe(`whatever the names (${CASES.toLocaleString('en')} cases)`, () => {
  it('only files below /proc/sys/net are accessed, and each valid name accesses its own file', async () => {
    let touched = 0
    await fc.assert(
      fc.asyncProperty(anyName, anyInterface, anySetting, async (name, interfaceName, setting) => {
        const host = new SysctlFiles()
        await callEverything(new Sysctls(host), name, interfaceName, setting)
        for (const path of host.touched) if (!isBelowNet(path)) throw new Error(`${path} was touched`)
        touched += host.touched.length
      }),
      { numRuns: CASES },
    )
    expect(touched).toBeGreaterThan(CASES)
  }, 120_000)

  it('two interfaces never share a file', () => {
    fc.assert(
      fc.property(anyInterface, anyInterface, (one, other) => {
        const names = [one, other].map((name) => {
          try {
            return interfaceSysctl('ipv4', name, 'forwarding')
          } catch {
            return undefined
          }
        })
        return names[0] === undefined || (names[0] === names[1]) === (one === other)
      }),
      { numRuns: CASES },
    )
  }, 120_000)
})
