import { spawnSync } from 'node:child_process'
import { watch } from 'node:fs'
import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
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

/** Collects the names that appear in a directory. */
function watchNames(path: string) {
  const seen: string[] = []
  const watcher = watch(path, (_, name) => seen.push(name ?? ''))
  return {
    /** Waits until the file itself was reported: events arrive in order. */
    names: async () => {
      while (!seen.includes('state.json')) await new Promise((resolve) => setImmediate(resolve))
      return seen
    },
    [Symbol.dispose]: () => watcher.close(),
  }
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
    // Nothing of the killed process is left.
    expect(await readdir(directory)).toEqual(['state.json'])
  })

  it('has a temporary file whose name another user cannot predict', async () => {
    const names = new Set<string>()
    for (let round = 0; round < 3; round++) {
      using watcher = watchNames(directory)
      await replaceFile(file, 'x')
      for (const name of await watcher.names()) names.add(name)
    }
    expect([...names].filter((name) => !/^\.state\.json\.\d+-[\da-f]{16}$/.test(name))).toEqual([
      'state.json',
    ])
    expect(names.size).toBe(4)
  })

  it('leaves the temporary files of running processes, of other files and of other programs', async () => {
    const old = '.state.json.999999999-0-1'
    const kept = [`.state.json.${process.pid}-0123456789abcdef`, '.other.json.999999999-1', '.state.json.swp']
    for (const name of [old, ...kept]) await writeFile(join(directory, name), '')
    await replaceFile(file, 'x')
    expect((await readdir(directory)).sort()).toEqual([...kept, 'state.json'].sort())
  })

  it('replaces what a symbolic link points to, or the link itself', async () => {
    const target = join(directory, 'target')
    await writeFile(target, 'old')
    await symlink(target, file)
    await replaceFile(file, 'one')
    expect(await readFile(target, 'utf8')).toBe('one')
    await replaceFile(file, 'two', { followLink: false })
    expect(await readFile(target, 'utf8')).toBe('one')
    expect((await lstat(file)).isFile()).toBe(true)
    expect(await readFile(file, 'utf8')).toBe('two')
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
