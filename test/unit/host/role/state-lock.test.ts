import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { linkSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { withLock } from '../../../../src/host/role/state-lock.ts'
import { StateFolder } from '../../../support/host/state-folder.ts'

function newFile(): string {
  const folder = new StateFolder()
  onTestFinished(() => folder[Symbol.dispose]())
  return folder.path
}

/** The sockets beside a file. */
function locks(file: string): string[] {
  return readdirSync(dirname(file)).filter((name) => name.startsWith(`.${basename(file)}.lock-`))
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

it('stops waiting when it is told to', async () => {
  const file = newFile()
  await withLock(file, undefined, async () => {
    const controller = new AbortController()
    const waiting = withLock(file, controller.signal, async () => {})
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow()
  })
})

it('is free when the process that had it was killed', async () => {
  const file = newFile()
  const program = `
    require('net').createServer().listen(process.argv[1], () => {
      require('fs').linkSync(process.argv[1], process.argv[2])
      console.log('held')
    })`
  const words = [
    '-e',
    program,
    join(dirname(file), 'aside'),
    join(dirname(file), `.${basename(file)}.lock-41`),
  ]
  const holder = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(holder.stdout, 'data')
  let got = false
  const waiting = withLock(file, undefined, async () => {
    got = true
  })
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(got).toBe(false)
  holder.kill('SIGKILL')
  await waiting
  expect(locks(file)).toEqual([`.${basename(file)}.lock-42`])
})

it('is taken by one only of many who find it dead', async () => {
  const file = newFile()
  const server = createServer()
  const aside = join(dirname(file), 'aside')
  await new Promise<void>((resolve) => server.listen(aside, resolve))
  linkSync(aside, join(dirname(file), `.${basename(file)}.lock-1`))
  await new Promise((resolve) => server.close(resolve))
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
