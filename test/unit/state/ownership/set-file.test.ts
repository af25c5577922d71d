import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { FileLedger } from '../../../../src/state/ownership/file-ledger.ts'

const WEB = 'tcp://192.0.2.1:80'
const SET = { version: 1, services: [WEB], daemons: [], boot: '', draining: {} }

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lvs-set-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
})

const load = (name = 'web') => FileLedger.load({ name, directory })
const write = (name: string, content: unknown) =>
  writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content))

describe('the file of a set', () => {
  it.each<[string, unknown]>([
    ['draining: null', { ...SET, draining: null }],
    ['draining: a list', { ...SET, draining: [] }],
    ['draining: text', { ...SET, draining: { a: '1' } }],
    ['draining missing', { ...SET, draining: undefined }],
    ['services: null', { ...SET, services: null }],
    ['services: text', { ...SET, services: WEB }],
    ['services with null', { ...SET, services: [null] }],
    ['daemons missing', { ...SET, daemons: undefined }],
    ['fallbacks: null', { ...SET, fallbacks: null }],
    ['boot: a number', { ...SET, boot: 1 }],
    ['another version', { ...SET, version: 2 }],
    ['null', null],
    ['a list', []],
    ['a number', 7],
    ['nothing', ''],
    ['a part', JSON.stringify(SET).slice(0, 30)],
  ])('with %s is reported by its path', async (_, content) => {
    write('web.json', content)
    await expect(load()).rejects.toThrow(
      `${directory}/web.json is not a valid file of a named set: restore it`,
    )
  })

  it('is neither read nor written through a symbolic link', async () => {
    const target = join(mkdtempSync(join(tmpdir(), 'lvs-target-')), 'x')
    writeFileSync(target, JSON.stringify(SET))
    symlinkSync(target, join(directory, 'web.json'))
    await expect(load()).rejects.toThrow('web.json must be a regular file')

    rmSync(join(directory, 'web.json'))
    const ledger = await load()
    ledger.recordPlanned([WEB], [])
    symlinkSync(target, join(directory, 'web.json'))
    await ledger.save()
    expect(JSON.parse(readFileSync(target, 'utf8'))).toEqual(SET)
    expect(JSON.parse(readFileSync(join(directory, 'web.json'), 'utf8'))).toMatchObject({ services: [WEB] })
    expect(readdirSync(directory)).toEqual(['web.json'])
  })
})

describe('other files in the directory', () => {
  it.each<[string, unknown]>([
    ['package.json', { name: 'x', version: '1.0.0' }],
    ['compose.json', { version: '3', services: { web: {} } }],
    ['tsconfig.json', '// a comment\n{}'],
    ['empty.json', ''],
    ['list.json', []],
    ['null.json', null],
    ['state.json', { version: 1, records: [] }],
  ])('%s of another program is ignored', async (name, content) => {
    write(name, content)
    const ledger = await load()
    expect(ledger.claim(WEB, {} as never, false)).toBe('owned')
  })

  it('a folder, a pipe and a link are ignored', async () => {
    mkdirSync(join(directory, 'folder.json'))
    execFileSync('mkfifo', [join(directory, 'pipe.json')])
    symlinkSync('/dev/zero', join(directory, 'link.json'))
    await load()
  })

  it.each<[string, unknown]>([
    ['a part of it', `${JSON.stringify(SET, undefined, 1).slice(0, 40)}`],
    ['draining: null', { ...SET, draining: null }],
    ['a later version', { ...SET, version: 2 }],
  ])('a damaged set is an error that does not advise to delete it (%s)', async (_, content) => {
    write('mail.json', content)
    const error = await load().catch((reason: Error) => reason)
    expect(error).toMatchObject({ message: expect.stringContaining(`${directory}/mail.json is damaged`) })
    expect((error as Error).message).not.toMatch(/delete|remove/)
  })

  it('a valid set keeps its services', async () => {
    write('mail.json', SET)
    expect((await load()).claim(WEB, {} as never, true)).toBe('foreign')
  })
})
