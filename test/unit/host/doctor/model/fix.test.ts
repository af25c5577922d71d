import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { runChecks } from '../../../../../src/host/doctor/doctor.ts'
import { FINDINGS, type Finding, type FindingId } from '../../../../../src/host/doctor/model/finding.ts'
import { checkOptions } from '../../../../../src/host/doctor/model/options.ts'
import { toSource } from '../../../../../src/host/doctor/model/to-source.ts'
import type { Host } from '../../../../../src/host/host.ts'
import { BROKEN_HOSTS } from '../../../../support/host/doctor/faulty-hosts.ts'

const ids = Object.keys(FINDINGS) as FindingId[]
/** For somebody to decide, or the other host's business. */
const BY_HAND: readonly FindingId[] = [
  'destination-gateway',
  'no-destination',
  'both-active',
  'scheduler-missing',
]

/** Notes each call as it is written in TypeScript. */
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

function recordingHost(calls: string[]): Host {
  const ipvs = recorder('ipvs', calls)
  const [network, sysctls] = ['host.network', 'host.sysctls'].map((name) => recorder(name, calls))
  return { network, sysctls, ipvs: async () => ipvs } as unknown as Host
}

function findingOf(id: FindingId, host: Host): Finding {
  const { facts, options = {} } = BROKEN_HOSTS[id]
  return runChecks(facts, checkOptions(options), host)[0]!
}

describe('the mend of a finding', () => {
  it.each(ids.filter((id) => !BY_HAND.includes(id)))(
    '%s: run() makes the calls that are shown',
    async (id) => {
      const calls: string[] = []
      const { fix } = findingOf(id, recordingHost(calls))
      await fix.run?.()
      expect(calls).toEqual(fix.call.split('\n'))
    },
  )

  it.each(BY_HAND)('%s: is for somebody to decide', (id) => {
    expect(findingOf(id, recordingHost([])).fix).not.toHaveProperty('run')
  })

  it('is accepted by the compiler, with host and ipvs in scope', () => {
    const calls = ids.map((id) => findingOf(id, recordingHost([])).fix.call)
    const wrong = "await host.sysctls.set('net.ipv4.ip_forward', 'on')"
    expect(diagnosticsOf([...calls, wrong])).toEqual([
      expect.stringContaining("type 'string' is not assignable"),
    ])
  }, 60_000)
})

/** Compiles calls, each as a program of its own. */
function diagnosticsOf(calls: readonly string[]): string[] {
  const root = join(import.meta.dirname, '../../../../..')
  const file = join(root, 'test/unit/host/doctor/model/calls.ts')
  const source = `import type { Host } from '../../../../../src/host/host.ts'
    import type { IpvsClient as Ipvs } from '../../../../../src/ipvs/ipvs-client.ts'
    declare const host: Host
    declare const ipvs: Ipvs
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
