import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ADDON_PATH, addon, runProgram } from '../support/native/addon.ts'

const { O_CREAT, O_RDWR } = constants
/** From <fcntl.h>; node:fs does not define it. */
const O_PATH = 0o10000000

let directory: string
let file: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'lvs-native-'))
  file = join(directory, 'lock')
})
afterAll(() => rmSync(directory, { recursive: true }))

it('locks a file for one descriptor until that is closed', async () => {
  const first = await addon.openFile(file, O_RDWR | O_CREAT)
  const second = await addon.openFile(file, O_RDWR)
  expect(addon.lockFile(first)).toBe(true)
  expect(addon.lockFile(second)).toBe(false)
  // The holder may lock it again.
  expect(addon.lockFile(first)).toBe(true)
  addon.closeFile(first)
  expect(addon.lockFile(second)).toBe(true)
  addon.closeFile(second)
})

it('throws a system error if the file cannot be locked', async () => {
  const descriptor = await addon.openFile(directory, O_PATH)
  expect(() => addon.lockFile(descriptor)).toThrow(/^EBADF: bad file descriptor, flock$/)
  addon.closeFile(descriptor)
})

it('releases the lock of a process that is killed', async () => {
  const program = fileURLToPath(new URL('programs/lock.mjs', import.meta.url))
  const holder = spawn(process.execPath, [program, file], {
    env: { ...process.env, LVS_ADDON: ADDON_PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  const descriptor = await addon.openFile(file, O_RDWR)
  expect(addon.lockFile(descriptor)).toBe(false)
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  expect(addon.lockFile(descriptor)).toBe(true)
  addon.closeFile(descriptor)
})

it('releases the lock of a worker thread that is terminated', async () => {
  expect(await runProgram('lock-in-worker.mjs', [file])).toEqual({ end: 0, stdout: '', stderr: '' })
})
