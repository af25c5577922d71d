import { beforeEach, describe, expect, it } from 'vitest'
import { runIpvsadm } from '../../../../src/cli/ipvsadm/ipvsadm.ts'
import { IpvsUnavailableError } from '../../../../src/errors.ts'
import { INFO } from '../../../../src/ipvs/protocol/attributes.ts'
import { IPVS_CMD } from '../../../../src/ipvs/protocol/uapi.ts'
import { writeAttribute } from '../../../../src/netlink/wire/attributes.ts'
import type { Ipvs } from '../../../../src/state/ipvs.ts'
import { commandOf, type FakeKernel, open, serviceIn } from '../../../support/ipvs/fake-kernel.ts'

const [EPERM, ESRCH, EEXIST] = [1, 3, 17]

let ipvs: Ipvs
let kernel: FakeKernel

beforeEach(async () => {
  ;({ ipvs, kernel } = await open())
})

/** Runs a command line with pieces of input. */
async function run(line: string, ...input: string[]) {
  const result = { status: 0, stdout: '', stderr: [] as string[] }
  result.status = await runIpvsadm(line.split(' '), {
    program: 'ipvsadm',
    input: (async function* () {
      for (const piece of input) yield Buffer.from(piece)
    })(),
    print: (text) => {
      result.stdout += text
    },
    printError: (text) => {
      result.stderr.push(text)
    },
    open: () => Promise.resolve(ipvs),
  })
  return result
}

/** The ports of the services in the requests to the kernel. */
const ports = () =>
  kernel.messages
    .filter((message) => message.type === kernel.familyId && commandOf(message) === 'NEW_SERVICE')
    .map((message) => serviceIn(message).port)

/** A kernel that already has services at these ports. */
function taken(...ports: number[]): void {
  kernel.script.NEW_SERVICE = (message) => {
    const { port = 0 } = serviceIn(message)
    return ports.includes(port) ? { errno: EEXIST } : {}
  }
}

const rule = (port: number) => `-A -t 192.0.2.1:${port}\n`

describe('one command line', () => {
  it('prints nothing and ends with status 0 on success', async () => {
    expect(await run('-A -t 192.0.2.1:80')).toEqual({ status: 0, stdout: '', stderr: [] })
    expect(kernel.commands).toEqual(['NEW_SERVICE'])
  })

  it('reports an error of the kernel and ends with status 255', async () => {
    taken(80)
    expect(await run('-A -t 192.0.2.1:80')).toEqual({
      status: 255,
      stdout: '',
      stderr: ['Service already exists'],
    })
  })

  it('adds the reason if ipvsadm prints none', async () => {
    expect(await run('-a -t 192.0.2.1:80 -r 10.0.0.1 -y 5')).toMatchObject({
      status: 255,
      stderr: [expect.stringMatching(/^Numerical result out of range: .*lowerThreshold/)],
    })
  })

  it('ends with status 1 if the service to be listed does not exist', async () => {
    kernel.script.GET_SERVICE = () => ({ errno: ESRCH })
    expect(await run('-Ln -t 192.0.2.1:80')).toEqual({ status: 1, stdout: '', stderr: ['No such service'] })
  })

  it('ends with status 2 without privileges', async () => {
    kernel.script.NEW_SERVICE = () => ({ errno: EPERM })
    expect(await run('-A -t 192.0.2.1:80')).toEqual({
      status: 2,
      stdout: '',
      stderr: [
        expect.stringMatching(
          /^Can't initialize ipvs: Permission denied \(you must be root\): this requires /,
        ),
      ],
    })
  })

  it('ends with status 2 without IPVS', async () => {
    const stderr: string[] = []
    const status = await runIpvsadm([], {
      ...{ program: 'ipvsadm', input: (async function* () {})(), print: () => {} },
      printError: (text) => void stderr.push(text),
      open: () => Promise.reject(new IpvsUnavailableError('no IPVS here')),
    })
    expect({ status, stderr }).toEqual({ status: 2, stderr: ["Can't initialize ipvs: no IPVS here"] })
  })

  it('sends nothing to the kernel if it is invalid', async () => {
    expect(await run('-A -t 192.0.2.1:80 -w 5')).toMatchObject({ status: 2 })
    expect(kernel.commands).toEqual([])
  })
})

describe('restoring rules', () => {
  it('sends one batch, however the input is split into chunks', async () => {
    const datagrams = kernel.datagrams.length
    expect(await run('-R', `ipvsadm ipvsadm ${rule(1)}\n  \t\n${rule(2)}`)).toEqual({
      ...{ status: 0, stdout: '', stderr: [] },
    })
    expect(kernel.datagrams.length).toBe(datagrams + 1)
    expect(await run('-R', '-A -t 192.', '0.2.1:3\r\n', rule(4), '-A -t 192.0.2.1:5')).toMatchObject({
      status: 0,
    })
    expect(ports()).toEqual([1, 2, 3, 4, 5])
  })

  it('reports each line that the kernel refuses, continues, and ends with the status of the last line', async () => {
    taken(2, 4)
    const violations = ['line 2: Service already exists', 'line 4: Service already exists']
    const rules = [1, 2, 3, 4].map(rule).join('')
    expect(await run('-R', rules)).toEqual({ status: 255, stdout: '', stderr: violations })
    expect(await run('-R', rules, rule(5))).toEqual({ status: 0, stdout: '', stderr: violations })
  })

  it('continues after an unknown option and ends at any other mistake', async () => {
    expect(await run('-R', `${rule(1)}-A -Q\n${rule(2)}`)).toEqual({
      ...{ status: 0, stdout: '', stderr: ['line 2: -Q: unknown option'] },
    })
    expect(await run('-R', `${rule(3)}-A\n${rule(4)}`)).toMatchObject({
      status: 2,
      stderr: [expect.stringMatching(/^line 2: You need to supply/)],
    })
    expect(ports()).toEqual([1, 2, 3])
  })

  it('ends at -R and after -v', async () => {
    kernel.script.GET_INFO = () => ({
      replies: [
        {
          command: IPVS_CMD.SET_INFO,
          body: (writer) => writeAttribute(writer, INFO.fields.version, 0x01_02_01),
        },
      ],
    })
    expect(await run('-R', `-R\n${rule(1)}`)).toMatchObject({ status: 255 })
    expect(await run('-R', `${rule(2)}-v\n${rule(3)}`)).toEqual({
      status: 0,
      stdout: 'ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)\n',
      stderr: [],
    })
    expect(ports()).toEqual([2])
  })

  it('keeps the order of changes and listings', async () => {
    await run('-R', `${rule(1)}--set 1 2 3\n${rule(2)}-L --timeout\n-C\n`)
    expect(kernel.commands).toEqual(['NEW_SERVICE', 'SET_CONFIG', 'NEW_SERVICE', 'GET_CONFIG', 'FLUSH'])
  })

  it('reports missing privileges once', async () => {
    kernel.script.NEW_SERVICE = () => ({ errno: EPERM })
    expect(await run('-R', rule(1) + rule(2))).toEqual({
      status: 2,
      stdout: '',
      stderr: [
        expect.stringMatching(
          /^Can't initialize ipvs: Permission denied \(you must be root\): this requires /,
        ),
      ],
    })
  })
})
