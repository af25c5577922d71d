import { readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { withLock } from '../../../../src/host/role/state-lock.ts'
import { StateFolder } from '../../../support/host/state-folder.ts'

function newFile(): string {
  const folder = new StateFolder()
  onTestFinished(() => folder[Symbol.dispose]())
  return folder.path
}

/** The names of the lock files beside a file. */
function locks(file: string): string[] {
  return readdirSync(dirname(file)).filter((name) => name.startsWith(`.${basename(file)}.lock`))
}

it('lets one use follow another, however many come at once', async () => {
  const file = newFile()
  let inside = 0
  const use = async () => {
    inside++
    expect(inside).toBe(1)
    await new Promise((resolve) => setImmediate(resolve))
    inside--
  }
  await Promise.all(Array.from({ length: 10 }, () => withLock(file, undefined, use)))
  expect(locks(file)).toHaveLength(1)
})

it('gives what the use gives, and is free again after one that failed', async () => {
  const file = newFile()
  await expect(withLock(file, undefined, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await expect(withLock(file, undefined, async () => 7)).resolves.toBe(7)
})

it('does not keep those of another file waiting', async () => {
  const [one, other] = [newFile(), newFile()]
  const nested = await withLock(one, undefined, () => withLock(other, undefined, async () => 'both'))
  expect(nested).toBe('both')
})

it('stops waiting when the signal is aborted', async () => {
  const file = newFile()
  await withLock(file, undefined, async () => {
    const controller = new AbortController()
    const waiting = withLock(file, controller.signal, async () => {})
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })
})

it('gives up when another call holds it for 60 seconds', async () => {
  const file = newFile()
  await withLock(file, undefined, async () => {
    const start = performance.now()
    const clock = vi
      .spyOn(performance, 'now')
      .mockReturnValueOnce(start)
      .mockReturnValue(start + 60_000)
    onTestFinished(() => clock.mockRestore())
    const waiting = withLock(file, undefined, async () => {})
    await expect(waiting).rejects.toMatchObject({
      code: 'ERR_LVS_BUSY',
      message: expect.stringContaining(file),
    })
  })
})

it('is taken by only one of many calls that find the lock file of a dead process', async () => {
  const file = newFile()
  writeFileSync(join(dirname(file), `.${basename(file)}.lock`), '')
  let inside = 0
  const use = async () => {
    expect(++inside).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 5))
    inside--
  }
  await Promise.all(Array.from({ length: 8 }, () => withLock(file, undefined, use)))
})

it('works however long the path is', async () => {
  const file = join(dirname(newFile()), 'a'.repeat(120), 'state.json')
  await expect(withLock(file, undefined, async () => 'done')).resolves.toBe('done')
})
