import { spawnSync } from 'node:child_process'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { removeFile, replaceFile } from '../../../src/system/replace-file.ts'

const MODULE = new URL('../../../src/system/replace-file.ts', import.meta.url).href

let directory: string
let file: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lvs-replace-'))
  file = join(directory, 'state.json')
})
afterEach(() => rm(directory, { recursive: true }))

/**
 * Replaces the file in a process that is killed when it makes the file system call of a name the nth time, before the
 * call or after it. The calls of a file handle are those of its class.
 */
function replaceAndBeKilled(call: string, moment: 'before' | 'after'): void {
  const program = `
    import promises from 'node:fs/promises'
    import { syncBuiltinESMExports } from 'node:module'
    const handle = await promises.open('/dev/null')
    const owner = '${call}' in promises && '${call}' !== 'writeFile' ? promises : Object.getPrototypeOf(handle)
    await handle.close()
    const original = owner['${call}']
    owner['${call}'] = async function (...args) {
      const die = () => process.kill(process.pid, 'SIGKILL')
      if ('${moment}' === 'before') die()
      await original.apply(this, args)
      die()
    }
    syncBuiltinESMExports()
    const { replaceFile } = await import(${JSON.stringify(MODULE)})
    await replaceFile(${JSON.stringify(file)}, 'new'.repeat(100000))`
  const { signal, stderr } = spawnSync(process.execPath, [
    '--import',
    'tsx',
    '--input-type=module',
    '-e',
    program,
  ])
  expect(signal, String(stderr)).toBe('SIGKILL')
}

describe('a file', () => {
  it('is created and replaced, from text and from bytes', async () => {
    await replaceFile(file, 'one')
    expect(await readFile(file, 'utf8')).toBe('one')
    await replaceFile(file, Uint8Array.of(0xff, 0))
    expect([...(await readFile(file))]).toEqual([0xff, 0])
    expect(await readdir(directory)).toEqual(['state.json'])
  })

  it('has the complete content of one of several concurrent calls', async () => {
    const contents = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100_000))
    await Promise.all(contents.map((content) => replaceFile(file, content)))
    expect(contents).toContain(await readFile(file, 'utf8'))
    expect(await readdir(directory)).toEqual(['state.json'])
  })

  it('is created with the given mode, and keeps an existing mode', async () => {
    await replaceFile(file, 'one', { mode: 0o600 })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await chmod(file, 0o666)
    await replaceFile(file, 'two', { mode: 0o600 })
    expect((await stat(file)).mode & 0o777).toBe(0o666)
  })

  it.each([
    ['open', 'after'],
    ['writeFile', 'before'],
    ['writeFile', 'after'],
    ['sync', 'before'],
    ['rename', 'before'],
  ] as const)('is the old one when the process is killed with %s, %s it', async (call, moment) => {
    await writeFile(file, 'old')
    replaceAndBeKilled(call, moment)
    expect(await readFile(file, 'utf8')).toBe('old')
    await replaceFile(file, 'next')
    expect(await readFile(file, 'utf8')).toBe('next')
  })

  it('has the new content if the process is killed after rename', async () => {
    await writeFile(file, 'old')
    replaceAndBeKilled('rename', 'after')
    expect(await readFile(file, 'utf8')).toBe('new'.repeat(100_000))
  })

  it('stays without a temporary file beside it if it cannot be replaced', async () => {
    const inside = join(directory, 'inside')
    await writeFile(file, 'old')
    await expect(replaceFile(join(file, 'x'), 'new')).rejects.toMatchObject({ code: 'ENOTDIR' })
    await expect(replaceFile(join(inside, 'x'), 'new')).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(replaceFile(directory, 'new')).rejects.toMatchObject({
      code: expect.stringMatching(/EISDIR|ENOTEMPTY/),
    })
    expect(await readdir(directory)).toEqual(['state.json'])
    expect(await readFile(file, 'utf8')).toBe('old')
  })

  it('is removed, without an error if it does not exist', async () => {
    await writeFile(file, 'old')
    await removeFile(file)
    await removeFile(file)
    await removeFile(join(directory, 'no', 'x'))
    expect(await readdir(directory)).toEqual([])
  })
})
