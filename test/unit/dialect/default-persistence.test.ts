import { describe, expect, it } from 'vitest'
import { parseRules } from '../../../src/dialect/ipvsadm/parse-rules.ts'
import { parseKeepalived } from '../../../src/dialect/keepalived/parse-keepalived.ts'
import type { Ipvs } from '../../../src/index.ts'
import { parseState } from '../../../src/state/document/parse-state.ts'
import { stateJsonSchema } from '../../../src/state/document/schema.ts'
import { CapturedTerminal } from '../../support/cli/captured-terminal.ts'
import { runLine } from '../../support/cli/run-line.ts'
import { callIpvsadm } from '../../support/kernel/call-ipvsadm.ts'
import { makeKernel } from '../../support/testing/make-kernel.ts'

const SERVICE = 'tcp://192.0.2.1:80'

const run =
  (line: string) =>
  async (ipvs: Ipvs, input = '') => {
    await runLine(line, new CapturedTerminal(() => Promise.resolve(ipvs), input))
  }

/** Each way to ask for persistence without a number of seconds. */
const WAYS: Readonly<Record<string, (ipvs: Ipvs) => Promise<unknown>>> = {
  'the library': (ipvs) =>
    ipvs.addService({ protocol: 'tcp', address: '192.0.2.1', port: 80, persistence: {} }),
  'a document': (ipvs) =>
    ipvs.apply(parseState(`services: [{ service: '${SERVICE}', persistence: {}, destinations: [] }]`)),
  'rules of ipvsadm': (ipvs) => ipvs.apply(parseRules('-A -t 192.0.2.1:80 -p')),
  'rules of ipvsadm with a mask': (ipvs) =>
    ipvs.apply(parseRules('-A -t 192.0.2.1:80 -p -M 255.255.255.255')),
  'keepalived.conf': async (ipvs) => {
    const text = `virtual_server 192.0.2.1 80 {\nprotocol TCP\npersistence_timeout\nreal_server 192.0.2.2 80 {\n}\n}`
    await ipvs.apply((await parseKeepalived(text)).desired)
  },
  'lvs add service': run(`add service ${SERVICE} --persistent`),
  'lvs apply': (ipvs) => run('apply - --format rules --yes')(ipvs, '-A -t 192.0.2.1:80 -p\n'),
  'the drop-in': (ipvs) => callIpvsadm({ ipvs }, '-A -t 192.0.2.1:80 -p'.split(' ')),
  'the drop-in with -R': (ipvs) => callIpvsadm({ ipvs }, ['-R'], '-A -t 192.0.2.1:80 -p\n'),
  'lvs restore': (ipvs) => run('restore -')(ipvs, '-A -t 192.0.2.1:80 -p\n'),
}

describe('persistence without seconds is 360 seconds, as in ipvsadm 1.31', () => {
  it.each(Object.entries(WAYS))('in %s', async (_, ask) => {
    const { ipvs } = await makeKernel()
    await ask(ipvs)
    expect((await ipvs.service(SERVICE)).persistence).toEqual({ timeout: 360, mask: '255.255.255.255' })
  })

  it('in the JSON Schema', () => {
    expect(JSON.stringify(stateJsonSchema())).toContain('Seconds; default 360')
  })
})
