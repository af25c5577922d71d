import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type FileAddon, loadAddon } from '../../../src/system/addon.ts'
import { FileLock } from '../../../src/system/file-lock.ts'

/** The exports of the addon cannot be replaced; those of a copy can. */
vi.mock('../../../src/system/addon.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../../src/system/addon.ts')>()
  const copy = { ...original.loadAddon<FileAddon>() }
  return { loadAddon: () => copy }
})

const MODULE = new URL('../../../src/system/file-lock.ts', import.meta.url).href
const LONG = { timeout: 60_000 }

/** The path of a lock that does not exist yet. */
function newPath(): string {
  const directory = mkdtempSync(join(tmpdir(), 'lvs-lock-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return join(directory, 'lock')
}

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length
}

it('has one holder at a time, whatever the number of calls', async () => {
  const path = newPath()
  let holders = 0
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      using _lock = await FileLock.acquire(path, LONG)
      expect(++holders).toBe(1)
      await new Promise((resolve) => setImmediate(resolve))
      holders--
    }),
  )
})

it('is acquired on an existing file, which stays', async () => {
  const path = newPath()
  writeFileSync(path, 'content')
  const lock = await FileLock.acquire(path, LONG)
  lock!.release()
  lock!.release()
  expect(readdirSync(join(path, '..'))).toEqual(['lock'])
})

it('does not wait for the lock of another file', async () => {
  const first = await FileLock.acquire(newPath(), LONG)
  const second = await FileLock.acquire(newPath(), { timeout: 0 })
  expect(second).toBeInstanceOf(FileLock)
  first!.release()
  second!.release()
})

it('is undefined after the timeout, and leaves nothing open', async () => {
  const path = newPath()
  using _holder = await FileLock.acquire(path, LONG)
  const before = openDescriptors()
  const started = performance.now()
  expect(await FileLock.acquire(path, { timeout: 100 })).toBeUndefined()
  expect(performance.now() - started).toBeGreaterThanOrEqual(100)
  expect(openDescriptors()).toBe(before)
})

it('waits equally long if the system clock is set', async () => {
  const path = newPath()
  const holder = await FileLock.acquire(path, LONG)
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 1e9)
  onTestFinished(() => clock.mockRestore())
  const waiting = FileLock.acquire(path, LONG)
  await pause(50)
  holder!.release()
  const lock = await waiting
  expect(lock).toBeInstanceOf(FileLock)
  lock!.release()
})

it('stops waiting with the reason of the signal, and leaves nothing open', async () => {
  const path = newPath()
  using _holder = await FileLock.acquire(path, LONG)
  const before = openDescriptors()
  const controller = new AbortController()
  const waiting = FileLock.acquire(path, { ...LONG, signal: controller.signal })
  await pause(30)
  const reason = new Error('enough')
  controller.abort(reason)
  await expect(waiting).rejects.toBe(reason)
  await expect(FileLock.acquire(path, { ...LONG, signal: controller.signal })).rejects.toBe(reason)
  expect(openDescriptors()).toBe(before)
})

it('leaves nothing open if the file cannot be locked', async () => {
  const path = newPath()
  const before = openDescriptors()
  const failure = new Error('ENOLCK')
  const lockFile = vi.spyOn(loadAddon<FileAddon>(), 'lockFile').mockImplementation(() => {
    throw failure
  })
  onTestFinished(() => lockFile.mockRestore())
  await expect(FileLock.acquire(path, LONG)).rejects.toBe(failure)
  expect(openDescriptors()).toBe(before)
})

it('rejects if the file cannot be opened', async () => {
  const path = join(newPath(), 'missing')
  await expect(FileLock.acquire(path, LONG)).rejects.toMatchObject({ code: 'ENOENT', syscall: 'open', path })
})

it('is released when its process is killed', async () => {
  const path = newPath()
  const program = `
    const { FileLock } = await import(${JSON.stringify(MODULE)})
    await FileLock.acquire(${JSON.stringify(path)}, { timeout: 0 })
    console.log('locked')
    setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  let lock: FileLock | undefined
  const waiting = FileLock.acquire(path, LONG).then((acquired) => {
    lock = acquired
  })
  await pause(100)
  expect(lock).toBeUndefined()
  holder.kill('SIGKILL')
  await waiting
  expect(lock).toBeInstanceOf(FileLock)
  lock!.release()
})
