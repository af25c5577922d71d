import { describe, expect, it, onTestFinished } from 'vitest'
import {
  AddonError,
  ArgumentRangeError,
  ArgumentTypeError,
  copyForCaller,
  IpvsError,
  IpvsUnavailableError,
  NetlinkError,
} from '../../src/errors.ts'

const REFUSAL = {
  code: 'EEXIST',
  errno: 17,
  command: 'addService',
  subject: 'tcp://192.0.2.1:80',
  kernelMessage: undefined,
  explanation: 'it already exists',
}

describe('the class of an error', () => {
  it.each<[Error, string, (new (...rest: never[]) => Error)[]]>([
    [new ArgumentTypeError('port', 'a number', 'x'), 'TypeError', [TypeError]],
    [new ArgumentRangeError('port', 'a number', 70_000), 'RangeError', [RangeError]],
    [new NetlinkError('ERR_LVS_CLOSED', 'closed', 'not-done'), 'NetlinkError', []],
    [new IpvsUnavailableError('none'), 'IpvsUnavailableError', [NetlinkError]],
    [new AddonError('/x', new Error('no')), 'AddonError', [NetlinkError]],
    [new IpvsError(REFUSAL), 'IpvsError', []],
  ])('%s', (error, name, classes) => {
    expect(error.name).toBe(name)
    for (const parent of [Error, ...classes]) expect(error).toBeInstanceOf(parent)
    expect(String(error)).toBe(`${name}: ${error.message}`)
  })
})

describe('a refusal by the kernel', () => {
  it('contains the command, its subject, the explanation and the message of the kernel', () => {
    expect(new IpvsError(REFUSAL).message).toBe('addService tcp://192.0.2.1:80: EEXIST, it already exists')
    const kernelMessage = 'no such thing'
    expect(new IpvsError({ ...REFUSAL, subject: '', kernelMessage }).message).toBe(
      'addService: EEXIST, it already exists (kernel message: no such thing)',
    )
  })
})

describe('an addon that cannot be loaded', () => {
  it('reports the command that fixes it, the required packages and the cause', () => {
    const cause = new Error('No native build was found\nplatform=linux')
    const error = new AddonError('/app/node_modules/@lvs/netlink', cause)
    expect(error.message).toContain(
      '(No native build was found). Build it: cd /app/node_modules/@lvs/netlink && npm run install',
    )
    expect(error.message).toContain('apt-get install')
    expect(error).toMatchObject({ code: 'ERR_LVS_ADDON', outcome: 'not-done', cause })
  })

  it('because of --permission reports the option that fixes it', () => {
    const cause = Object.assign(new Error('Cannot load native addon'), { code: 'ERR_DLOPEN_DISABLED' })
    expect(new AddonError('/x', cause).message).toContain('--allow-addons')
  })

  it.each(['darwin', 'win32'] as const)('on %s reports the alternatives', (platform) => {
    const { platform: ours } = process
    onTestFinished(() => void Object.defineProperty(process, 'platform', { value: ours }))
    Object.defineProperty(process, 'platform', { value: platform })
    const { message } = new AddonError('/x', new Error('No native build was found'))
    expect(message).toMatch(/^IPVS requires Linux, and this is (darwin|win32)\b/)
    expect(message).toContain('SimulatedKernel from @lvs/netlink/testing')
    expect(message).not.toContain('apt-get')
  })
})

describe('an error that several callers share is copied for each:', () => {
  function here(error: unknown): unknown {
    return copyForCaller(error, undefined)
  }

  it.each([
    ['a refusal', new IpvsError(REFUSAL)],
    ['a loss', new NetlinkError('ERR_LVS_OVERRUN', 'lost', 'unknown')],
    ['a family that is gone', new IpvsUnavailableError('The IPVS module was unloaded')],
    ['misuse', new ArgumentTypeError('weight', 'a number', 'x')],
  ])('%s keeps its class and message, and its stack shows the caller', (_what, error) => {
    error.stack = 'elsewhere'
    const anew = here(error) as Error
    expect(anew).toBeInstanceOf(error.constructor)
    const { stack: _stack, ...fields } = error as unknown as Record<string, unknown>
    expect(anew).toMatchObject({ ...fields, name: error.name, message: error.message })
    expect(anew.stack).toContain('errors.test.ts')
  })

  it('a refusal can be copied with another subject', () => {
    expect(copyForCaller(new IpvsError(REFUSAL), 'tcp://192.0.2.2:80')).toMatchObject({
      subject: 'tcp://192.0.2.2:80',
      message: 'addService tcp://192.0.2.2:80: EEXIST, it already exists',
    })
  })

  it('an error from outside this library is returned unchanged', () => {
    const reason = new Error('enough')
    const { stack } = reason
    expect(here(reason)).toBe(reason)
    expect(reason.stack).toBe(stack)
    expect(here('enough')).toBe('enough')
  })
})
