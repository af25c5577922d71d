import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ArgumentTypeError } from '../../../src/errors.ts'
import { Sysctls } from '../../../src/sysctl/sysctls.ts'
import { SysctlFiles } from '../../support/sysctl/sysctl-files.ts'

const host = new SysctlFiles()
const sysctls = new Sysctls(host)
const SUPPRESSED = { 'net.ipv4.conf.all.arp_ignore': 1, 'net.ipv4.conf.eth0/100.arp_announce': 2 } as const

let directory: string
let file: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lvs-sysctl-'))
  file = join(directory, '90-lvs.conf')
})
afterEach(() => rm(directory, { recursive: true }))

const content = () => readFile(file, 'utf8')

describe('persist', () => {
  it('creates a file that sysctl and systemd-sysctl read, and changes no current value', async () => {
    await sysctls.persist(
      { ...SUPPRESSED, 'net.ipv4.vs.sync_threshold': [3, 50], 'net.core.somaxconn': '4096' },
      { file },
    )
    expect(await content()).toBe(
      [
        '# Made by @lvs/netlink; removed with the last block.',
        '',
        '# BEGIN @lvs/netlink lvs',
        'net.ipv4.conf.all.arp_ignore = 1',
        'net.ipv4.conf.eth0/100.arp_announce = 2',
        'net.ipv4.vs.sync_threshold = 3 50',
        'net.core.somaxconn = 4096',
        '# END @lvs/netlink lvs',
        '',
      ].join('\n'),
    )
    expect((await stat(file)).mode & 0o777).toBe(0o644 & ~process.umask())
    expect(host.touched).toEqual([])
  })

  it('replaces only the previous block of the name', async () => {
    const before = Buffer.from('# caf\xe9\nvm.swappiness = 10', 'latin1')
    await writeFile(file, before)
    await sysctls.persist(SUPPRESSED, { file })
    await sysctls.persist({ 'net.ipv4.ip_forward': 1 }, { file })
    const after = await readFile(file)
    expect(after.subarray(0, before.length)).toEqual(before)
    expect(after.subarray(before.length).toString()).toBe(
      '\n# BEGIN @lvs/netlink lvs\nnet.ipv4.ip_forward = 1\n# END @lvs/netlink lvs\n',
    )
  })

  it('keeps the mode of the file, and a symbolic link to it', async () => {
    const target = join(directory, 'target')
    await writeFile(target, 'a\n', { mode: 0o600 })
    await symlink('target', file)
    await sysctls.persist(SUPPRESSED, { file })
    expect(await readFile(target, 'utf8')).toMatch(/^a\n\n# BEGIN/)
    expect((await stat(target)).mode & 0o777).toBe(0o600)
    await sysctls.unpersist({ file })
    expect(await readFile(target, 'utf8')).toBe('a\n')
  })

  it('does not write a file that already has the block', async () => {
    await sysctls.persist(SUPPRESSED, { file })
    const { ino } = await stat(file)
    await sysctls.persist(SUPPRESSED, { file })
    expect((await stat(file)).ino).toBe(ino)
  })

  it('without values removes the block', async () => {
    await sysctls.persist(SUPPRESSED, { file })
    await sysctls.persist({}, { file })
    expect(await readdir(directory)).toEqual([])
  })

  it('loses no block when called concurrently', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `role-${index}`)
    await Promise.all(names.map((name) => sysctls.persist(SUPPRESSED, { file, name })))
    const text = await content()
    for (const name of names) expect(text).toContain(`# END @lvs/netlink ${name}\n`)
    await Promise.all(names.map((name) => sysctls.unpersist({ file, name })))
    expect(await readdir(directory)).toEqual([])
  })
})

describe('unpersist', () => {
  it.each(['', '\n', 'a = 1', 'a = 1\n', '# BEGIN\n\n\n', 'a = 1\r\n', '\ufeffa = 1\n'])(
    'leaves a file of %j byte for byte as it was before',
    async (before) => {
      await writeFile(file, before)
      await sysctls.persist(SUPPRESSED, { file })
      await sysctls.persist(SUPPRESSED, { file, name: 'other' })
      await sysctls.unpersist({ file })
      await sysctls.unpersist({ file, name: 'other' })
      expect(await content()).toBe(before)
    },
  )

  it('removes only its own block', async () => {
    await sysctls.persist({ 'net.ipv4.ip_forward': 1 }, { file, name: 'director' })
    await sysctls.persist(SUPPRESSED, { file, name: 'real-server' })
    await sysctls.unpersist({ file, name: 'director' })
    expect(await content()).toBe(
      [
        '# Made by @lvs/netlink; removed with the last block.\n',
        '# BEGIN @lvs/netlink real-server',
        'net.ipv4.conf.all.arp_ignore = 1',
        'net.ipv4.conf.eth0/100.arp_announce = 2',
        '# END @lvs/netlink real-server\n',
      ].join('\n'),
    )
  })

  it('removes a file that persist created together with its last block, and does nothing if there is none', async () => {
    await sysctls.persist(SUPPRESSED, { file })
    await sysctls.unpersist({ file })
    expect(await readdir(directory)).toEqual([])
    await sysctls.unpersist({ file })
    expect(await readdir(directory)).toEqual([])
  })

  it('keeps the changes of other programs to the file', async () => {
    await sysctls.persist(SUPPRESSED, { file })
    await writeFile(file, 'mine = 1\n', { flag: 'a' })
    await sysctls.unpersist({ file })
    expect(await content()).toBe('# Made by @lvs/netlink; removed with the last block.\nmine = 1\n')
  })
})

describe('an invalid call is rejected, and the file is unchanged:', () => {
  it.each<[string, Record<string, unknown>, object?]>([
    ['a value outside of the range', { 'net.ipv4.conf.all.arp_announce': 3 }],
    ['a wrong value behind right ones', { ...SUPPRESSED, 'net.ipv4.ip_forward': 2 }],
    ['a path', { 'net.//.//.etc.passwd': '1' }],
    ['a sysctl that is not under net.', { 'kernel.modprobe': '/bin/false' }],
    ['an interface that cannot be', { 'net.ipv4.conf.a b.arp_ignore': 1 }],
    ['a name that the file would part', { 'net.ipv4.conf.a=b.arp_ignore': 1 }],
    ['a name that the file would take for many', { 'net.ipv4.conf.*.arp_ignore': 1 }],
    ['text of two lines', { 'net.core.default_qdisc': 'fq\nkernel.modprobe = x' }],
    ['text of nothing', { 'net.ipv4.vs.est_cpulist': '' }],
    ['a number for a sysctl of unknown type', { 'net.core.somaxconn': 4096 }],
    ['a file that is no absolute path', SUPPRESSED, { file: '90-lvs.conf' }],
    ['a file whose path has an end in it', SUPPRESSED, { file: '/tmp/a\0b' }],
    ['a name with a line feed', SUPPRESSED, { name: 'a\nb' }],
    ['an unknown option', SUPPRESSED, { path: '/etc/sysctl.conf' }],
  ])('%s', async (_, values, options = {}) => {
    await writeFile(file, 'a = 1\n')
    const call = sysctls.persist(values as typeof SUPPRESSED, { file, ...options })
    await expect(call).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_(INVALID_ARG_TYPE|OUT_OF_RANGE)$/),
    })
    expect(await content()).toBe('a = 1\n')
    expect(await readdir(directory)).toEqual(['90-lvs.conf'])
  })

  it('a block whose end line was removed', async () => {
    await sysctls.persist(SUPPRESSED, { file })
    const broken = (await content()).replace('# END @lvs/netlink lvs\n', '')
    await writeFile(file, broken)
    for (const call of [sysctls.persist(SUPPRESSED, { file }), sysctls.unpersist({ file })]) {
      await expect(call).rejects.toThrow(ArgumentTypeError)
      await expect(call).rejects.toThrow("ends with '# END @lvs/netlink lvs'")
    }
    expect(await content()).toBe(broken)
  })

  it('a link to /dev/null, which disables a file, and a directory', async () => {
    await symlink('/dev/null', file)
    await expect(sysctls.persist(SUPPRESSED, { file })).rejects.toThrow('file must be a regular file')
    await expect(sysctls.persist(SUPPRESSED, { file: directory })).rejects.toThrow(
      'file must be a regular file',
    )
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true)
  })

  it('a missing directory', async () => {
    await expect(
      sysctls.persist(SUPPRESSED, { file: join(directory, 'no', 'x.conf') }),
    ).rejects.toMatchObject({
      code: 'ENOENT',
    })
    await mkdir(join(directory, 'no'))
    await sysctls.persist(SUPPRESSED, { file: join(directory, 'no', 'x.conf') })
  })
})
