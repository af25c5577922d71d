import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeNamespace, type Namespace, runProgram } from '../support/native/addon.ts'

let namespace: Namespace
beforeAll(() => {
  namespace = makeNamespace()
})
afterAll(() => namespace.remove())

const TIMEOUT = 120_000

describe('garbage collection', { timeout: TIMEOUT }, () => {
  it('closes unreferenced sockets, and waits for exchanges in progress', async () => {
    expect(await runProgram('forgotten.mjs', [], ['--expose-gc'])).toEqual({
      end: 0,
      stdout: 'all collected\n',
      stderr: '',
    })
  })
})

describe('a buffer that loses its memory while an exchange is in progress', { timeout: TIMEOUT }, () => {
  it.each(['detached', 'detached-datagrams', 'resized', 'resized-datagrams'])(
    'neither crashes the process nor damages other memory (%s)',
    async (kind) => {
      expect(await runProgram('detached.mjs', [kind], ['--expose-gc'])).toEqual({
        end: 0,
        stdout: 'alive\n',
        stderr: '',
      })
    },
  )
})

describe('close', { timeout: TIMEOUT }, () => {
  it('may be called at any moment of an exchange', async () => {
    expect(await runProgram('close-in-flight.mjs')).toMatchObject({ end: 0, stderr: '' })
  })

  it('is not required for the process to exit', async () => {
    expect(await runProgram('idle.mjs')).toEqual({ end: 0, stdout: 'complete\n', stderr: '' })
  })
})

describe.each(['exit', 'throw'])('the end of the process by %s', { timeout: TIMEOUT }, (way) => {
  it.each([
    'loaded',
    'opening',
    'opening elsewhere',
    'opening many',
    'failing to open',
    'opening a file',
    'sending a frame',
    'opened',
    'exchanging',
    'exchanging many',
    'exchanged',
    'closed while exchanging',
    'closed',
    'in a promise callback',
  ])('when %s', async (stage) => {
    expect(await runProgram('exit.mjs', [stage, way, namespace.path])).toEqual({
      end: 7,
      stdout: '',
      stderr: '',
    })
  })
})

describe('worker threads', { timeout: TIMEOUT }, () => {
  it('may be terminated at any stage, whether or not the main thread has loaded the addon', async () => {
    expect(await runProgram('workers.mjs', [namespace.path])).toEqual({
      end: 0,
      stdout: '60 threads\n',
      stderr: '',
    })
  })

  it('may be terminated in the middle of any kind of call', async () => {
    const result = await runProgram('busy-workers.mjs')
    expect(result).toEqual({ end: 0, stdout: '14 kinds of call\n', stderr: '' })
  })

  it('leave no file open, however they end, and cause no warning of Node', async () => {
    expect(await runProgram('read-in-worker.mjs', [namespace.path])).toEqual({
      end: 0,
      stdout: '',
      stderr: '',
    })
  })

  it.each(['loaded', 'opening', 'opened', 'exchanging', 'closing', 'exchanged', 'closed'])(
    'may be %s when the process exits',
    async (stage) => {
      expect(await runProgram('worker-exit.mjs', [stage, namespace.path])).toEqual({
        end: 7,
        stdout: '',
        stderr: '',
      })
    },
  )
})
