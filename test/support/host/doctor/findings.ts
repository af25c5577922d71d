import { diagnose } from '../../../../src/host/doctor/doctor.ts'
import type { Finding } from '../../../../src/host/doctor/model/finding.ts'
import type { DiagnoseOptions } from '../../../../src/host/doctor/model/options.ts'
import type { HostFacts } from '../../../../src/host/facts/host-facts.ts'

/** The ids of the findings. */
export function findingIds(facts: HostFacts, options?: DiagnoseOptions): string[] {
  return diagnose(facts, options).map(({ id }) => id)
}

/** The only finding. */
export function onlyFinding(facts: HostFacts, options?: DiagnoseOptions): Finding {
  const [finding, ...others] = diagnose(facts, options)
  if (finding === undefined || others.length > 0) throw new Error('not exactly one finding')
  return finding
}

/** The calls of the fix of a finding. */
export function fixCalls({ fix }: Finding): string[] {
  return fix.call.split('\n')
}

const SET = /^await host\.sysctls\.set\('([^']+)', (-?\d+)\)$/

/** The facts after a fix that only sets sysctls. */
export function factsAfterFix(facts: HostFacts, finding: Finding): HostFacts {
  const values = fixCalls(finding).map((call) => {
    const [, name, value] = SET.exec(call) ?? []
    if (name === undefined) throw new Error(`not a sysctl: ${call}`)
    return [name, Number(value)] as const
  })
  return { ...facts, sysctls: { ...facts.sysctls, ...Object.fromEntries(values) } }
}
