import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { runChecks } from '../../../../../src/host/doctor/doctor.ts'
import { FINDINGS, type Finding, type FindingId } from '../../../../../src/host/doctor/model/finding.ts'
import { toSource } from '../../../../../src/host/doctor/model/fix-step.ts'
import { checkOptions } from '../../../../../src/host/doctor/model/options.ts'
import type { FixHost } from '../../../../../src/host/facts/host-access.ts'
import { BROKEN_HOSTS } from '../../../../support/host/doctor/faulty-hosts.ts'

const ids = Object.keys(FINDINGS) as FindingId[]
/** Findings whose fix needs a decision. */
const BY_HAND: readonly FindingId[] = [
  'destination-gateway',
  'nat-same-network',
  'firewall',
  'ipvs-missing',
  'no-destination',
  'both-active',
  'scheduler-missing',
]

/** Records each call as TypeScript source. */
function recorder(name: string, calls: string[]): object {
  return new Proxy(
    {},
    {
      get: (_, method) =>
        method === 'then'
          ? undefined
          : async (...values: unknown[]) => {
              calls.push(`await ${name}.${String(method)}(${values.map(toSource).join(', ')})`)
            },
    },
  )
}

function recordingHost(calls: string[]): FixHost {
  const ipvs = recorder('ipvs', calls)
  const [network, sysctls] = ['host.network', 'host.sysctls'].map((name) => recorder(name, calls))
  return { network, sysctls, ipvs: async () => ipvs } as unknown as FixHost
}

function findingOf(id: FindingId, host: FixHost): Finding {
  const { facts, options = {} } = BROKEN_HOSTS[id]
  return runChecks(facts, checkOptions(options), host)[0]!
}

describe('the fix of a finding', () => {
  it.each(ids.filter((id) => !BY_HAND.includes(id)))(
    'of %s has a run() that makes exactly the calls it shows',
    async (id) => {
      const calls: string[] = []
      const { fix } = findingOf(id, recordingHost(calls))
      await fix.run?.()
      expect(calls).toEqual(fix.call.split('\n'))
    },
  )

  it.each(BY_HAND)('of %s has no run(), because an operator has to choose', (id) => {
    expect(findingOf(id, recordingHost([])).fix).not.toHaveProperty('run')
  })

  it('compiles with host and ipvs in scope', () => {
    const calls = ids.map((id) => findingOf(id, recordingHost([])).fix.call)
    const wrong = "await host.sysctls.set('net.ipv4.ip_forward', 'on')"
    expect(diagnosticsOf([...calls, wrong])).toEqual([
      expect.stringContaining("type 'string' is not assignable"),
    ])
  }, 60_000)
})

describe('toSource', () => {
  it.each([
    [{ address: '192.0.2.1/32', nodad: true, label: undefined }, "{ address: '192.0.2.1/32', nodad: true }"],
    [{ 'tun-type': 1, list: ['a', 2, null] }, "{ 'tun-type': 1, list: ['a', 2, null] }"],
    [{}, '{}'],
    [`it's "so"\\\n`, `'it\\'s "so"\\\\\\n'`],
  ])('formats %j so that it evaluates to the same value', (value, text) => {
    expect(toSource(value)).toBe(text)
    expect(new Function(`return (${text})`)()).toEqual(value)
  })
})

/** Compiles calls, each in a block of its own. */
function diagnosticsOf(calls: readonly string[]): string[] {
  const root = join(import.meta.dirname, '../../../../..')
  const file = join(root, 'test/unit/host/doctor/model/calls.ts')
  const source = `import type { Host } from '../../../../../src/host/host.ts'
    declare const host: Host
    declare const ipvs: Awaited<ReturnType<Host['ipvs']>>
    ${calls.map((call) => `{ ${call} }`).join('\n')}`
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, root)
  const compiler = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = compiler
  compiler.getSourceFile = (name, version) =>
    name === file ? ts.createSourceFile(name, source, version) : getSourceFile(name, version)
  compiler.fileExists = (name) => name === file || fileExists(name)
  const program = ts.createProgram([file], { ...options, noUnusedLocals: false }, compiler)
  const messages = program.getSemanticDiagnostics(program.getSourceFile(file))
  return messages.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}
