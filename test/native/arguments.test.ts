import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addon, endsOf, open, type Socket } from '../support/native/addon.ts'
import { fail } from '../support/native/messages.ts'

type Request = Parameters<Socket['exchange']>

const whole = Buffer.concat([fail(1), fail(2)])
const good: Request = [whole, endsOf([fail(1), fail(2)]), 2, 0, false, false, new Uint8Array(64 * 1024)]

function refusal(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

function expectTypeError(call: () => unknown, message: string): void {
  const error = refusal(call)
  expect(error).toBeInstanceOf(TypeError)
  expect(error).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', message })
}

function expectRangeError(call: () => unknown, message: string): void {
  const error = refusal(call)
  expect(error).toBeInstanceOf(RangeError)
  expect(error).toMatchObject({ code: 'ERR_OUT_OF_RANGE', message })
}

/** The valid request with another header length in its second message. */
function headerLength(length: number): Request {
  const bytes = Buffer.from(whole)
  bytes.writeUInt32LE(length, fail(1).length)
  return replaced(0, bytes)
}

/** The valid request with one argument replaced. */
function replaced(index: number, value: unknown): Request {
  return good.map((argument, i) => (i === index ? value : argument)) as Request
}

describe('exchange throws synchronously and names the argument', () => {
  let socket: Socket
  beforeAll(async () => {
    socket = await open()
  })
  afterAll(() => socket.close())

  it.each<[string, Request]>([
    ['datagrams must be a Uint8Array', replaced(0, undefined)],
    ['datagrams must be a Uint8Array', replaced(0, new Uint8ClampedArray(40))],
    ['datagrams must be a Uint8Array', replaced(0, new DataView(new ArrayBuffer(40)))],
    ['ends must be a Uint32Array', replaced(1, [20, 40])],
    ['ends must be a Uint32Array', replaced(1, new Int32Array(2))],
    ['count must be a number', replaced(2, '2')],
    ['first must be a number', replaced(3, 0n)],
    ['awaiting must be a boolean', replaced(4, 0)],
    ['awaiting must be a boolean', replaced(4, undefined)],
    ['onlyIfPreviousComplete must be a boolean', replaced(5, 1)],
    ['replies must be a Uint8Array', replaced(6, new ArrayBuffer(64 * 1024))],
    ['replies must be a Uint8Array', replaced(6, undefined)],
  ])('TypeError: %s', (message, request) => {
    expectTypeError(() => socket.exchange(...request), message)
  })

  it.each<[string, Request]>([
    ['count must be at most the length of ends', replaced(2, 3)],
    ['count must be an integer from 0 to 4294967295', replaced(2, -1)],
    ['count must be an integer from 0 to 4294967295', replaced(2, 1.5)],
    ['count must be an integer from 0 to 4294967295', replaced(2, Number.NaN)],
    ['count must be an integer from 0 to 4294967295', replaced(2, 2 ** 32)],
    ['first must be at most count', replaced(3, 3)],
    ['first must be below count while awaiting', replaced(4, true).with(3, 2) as Request],
    ['replies must have at least 64 KiB', replaced(6, new Uint8Array(64 * 1024 - 1))],
    ['ends[0] must be above the previous end and within datagrams', replaced(1, Uint32Array.of(0, 40))],
    ['ends[0] must be above the previous end and within datagrams', replaced(1, Uint32Array.of(41, 42))],
    ['ends[1] must be above the previous end and within datagrams', replaced(1, Uint32Array.of(20, 20))],
    ['ends[1] must be above the previous end and within datagrams', replaced(1, Uint32Array.of(20, 16))],
    ['ends[1] must be above the previous end and within datagrams', replaced(1, Uint32Array.of(20, 41))],
    [
      'ends[1] must be above the previous end and within datagrams',
      replaced(1, Uint32Array.of(20, 2 ** 32 - 1)),
    ],
    ['ends[0] must be above the previous end and within datagrams', replaced(0, new Uint8Array(0))],
    ['datagrams[0] must consist of whole netlink messages', replaced(1, Uint32Array.of(15, 40))],
    ['datagrams[0] must consist of whole netlink messages', replaced(1, Uint32Array.of(24, 40))],
    ['datagrams[1] must consist of whole netlink messages', headerLength(0)],
    ['datagrams[1] must consist of whole netlink messages', headerLength(15)],
    ['datagrams[1] must consist of whole netlink messages', headerLength(21)],
    ['datagrams[1] must consist of whole netlink messages', headerLength(2 ** 32 - 1)],
  ])('RangeError: %s (%#)', (message, request) => {
    expectRangeError(() => socket.exchange(...request), message)
  })

  it('and sends nothing', async () => {
    expect(await socket.exchange(...good)).toMatchObject({ state: 'complete', sends: 2 })
  })

  it('with a detached buffer', () => {
    const bytes = Uint8Array.from(whole)
    structuredClone(bytes, { transfer: [bytes.buffer] })
    expect(() => socket.exchange(...replaced(0, bytes))).toThrow(RangeError)
  })

  it('when called on something else', () => {
    for (const self of [undefined, {}, { ...socket }, Object.create(socket) as Socket]) {
      expect(() => socket.exchange.call(self as Socket, ...good)).toThrow(
        'this must be a socket from openSocket()',
      )
      expect(() => socket.close.call(self as Socket)).toThrow(TypeError)
    }
  })
})

describe('openSocket throws synchronously and names the option', () => {
  const options = { protocol: 16, receiveBuffer: 1, sendBuffer: 1 }

  it.each([
    ['options must be an object', undefined],
    ['options must be an object', null],
    ['options must be an object', '/run/netns/x'],
    ['protocol must be a number', {}],
    ['receiveBuffer must be a number', { ...options, receiveBuffer: '1' }],
    ['sendBuffer must be a number', { ...options, sendBuffer: undefined }],
    ['netns must be a string', { ...options, netns: Buffer.from('/') }],
    ['netns must be a string', { ...options, netns: null }],
  ])('TypeError: %s', (message, given) => {
    expectTypeError(() => addon.openSocket(given as never), message)
  })

  it.each([
    ['protocol must be an integer from 0 to 2147483647', { ...options, protocol: -1 }],
    ['receiveBuffer must be an integer from 0 to 1073741823', { ...options, receiveBuffer: 2 ** 30 }],
    ['netns must be a non-empty path without a zero byte', { ...options, netns: '' }],
    ['netns must be a non-empty path without a zero byte', { ...options, netns: '/run\0/x' }],
  ])('RangeError: %s', (message, given) => {
    expectRangeError(() => addon.openSocket(given), message)
  })

  it('and passes on the exception of a getter', () => {
    const thrown = new Error('mine')
    const get = () => {
      throw thrown
    }
    expect(() => addon.openSocket(Object.defineProperty({ ...options }, 'netns', { get }))).toThrow(thrown)
  })
})

describe('openFile throws synchronously and names the argument', () => {
  it.each([
    ['path must be a string', [undefined, 0]],
    ['path must be a non-empty path without a zero byte', ['', 0]],
    ['path must be a non-empty path without a zero byte', ['/proc/net/dev\0', 0]],
    ['flags must be a number', ['/proc/net/dev']],
    ['flags must be an integer from 0 to 2147483647', ['/proc/net/dev', -1]],
    ['netns must be a string', ['/proc/net/dev', 0, 7]],
  ])('%s', (message, given) => {
    expect(() => addon.openFile(...(given as [string, number]))).toThrow(message)
  })
})

describe('closeFile', () => {
  it('closes a descriptor from openFile once, and no other', async () => {
    const descriptor = await addon.openFile('/proc/net/dev', 0)
    expect(readFileSync(descriptor, 'utf8')).toContain('lo:')
    expect(addon.closeFile(descriptor)).toBeUndefined()
    expect(() => readFileSync(descriptor)).toThrow('EBADF')
    for (const other of [descriptor, 0, 2 ** 30]) {
      expectRangeError(
        () => addon.closeFile(other),
        'descriptor must be one from openFile() that is still open',
      )
    }
    expectTypeError(() => addon.closeFile('1' as never), 'descriptor must be a number')
  })
})

describe('lockFile', () => {
  it('locks a descriptor from openFile while it is open, and no other', async () => {
    const descriptor = await addon.openFile('/dev/null', 0)
    expect(addon.lockFile(descriptor)).toBe(true)
    addon.closeFile(descriptor)
    for (const other of [descriptor, 0, 2 ** 30]) {
      expectRangeError(
        () => addon.lockFile(other),
        'descriptor must be one from openFile() that is still open',
      )
    }
    expectTypeError(() => addon.lockFile('1' as never), 'descriptor must be a number')
  })
})

describe('sendFrame throws synchronously and names the argument', () => {
  const frame = new Uint8Array(60)

  it.each([
    ['interfaceIndex must be a number', ['1', frame]],
    ['frame must be a Uint8Array', [1]],
    ['frame must be a Uint8Array', [1, [...frame]]],
    ['frame must be a Uint8Array', [1, frame.buffer]],
    ['netns must be a string', [1, frame, 7]],
  ])('TypeError: %s', (message, given) => {
    expectTypeError(() => addon.sendFrame(...(given as [number, Uint8Array])), message)
  })

  it.each([
    ['interfaceIndex must be an integer from 0 to 2147483647', [-1, frame]],
    ['interfaceIndex must be an integer from 0 to 2147483647', [2 ** 31, frame]],
    ['interfaceIndex must be an integer from 0 to 2147483647', [1.5, frame]],
    ['frame must have 14 bytes to 64 KiB', [1, new Uint8Array(0)]],
    ['frame must have 14 bytes to 64 KiB', [1, new Uint8Array(13)]],
    ['frame must have 14 bytes to 64 KiB', [1, new Uint8Array(64 * 1024 + 1)]],
    ['netns must be a non-empty path without a zero byte', [1, frame, '']],
    ['netns must be a non-empty path without a zero byte', [1, frame, '/run\0/x']],
  ])('RangeError: %s (%#)', (message, given) => {
    expectRangeError(() => addon.sendFrame(...(given as [number, Uint8Array])), message)
  })

  it('with a detached buffer', () => {
    const bytes = new Uint8Array(60)
    structuredClone(bytes, { transfer: [bytes.buffer] })
    expect(() => addon.sendFrame(1, bytes)).toThrow(RangeError)
  })
})
