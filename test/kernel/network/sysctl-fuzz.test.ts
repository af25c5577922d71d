/** Whatever the name, the library opens no file outside /proc/sys/net; strace records the system calls. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { makeNamespace } from '../../support/kernel/namespace.ts'

const PROGRAM = fileURLToPath(new URL('../../support/kernel/programs/sysctl-names.ts', import.meta.url))
const CASES = 500
/** strace is slow. */
const PATIENCE = 600_000

it(
  `${CASES} names of sysctls and interfaces open nothing outside of /proc/sys/net`,
  async () => {
    const namespace = await makeNamespace()
    for (const name of ['eth0', 'eth0.100', 'br-1', 'a=b', '*', '...', '接口'])
      await namespace.ip('link', 'add', 'name', name, 'type', 'dummy')
    const scratch = await mkdtemp(join(tmpdir(), 'lvs-fuzz-'))
    const log = join(scratch, 'trace')
    try {
      const strace = ['-f', '--seccomp-bpf', '-s', '4096', '-o', log, '-e', 'trace=%file']
      const node = [process.execPath, '--import', 'tsx', PROGRAM, String(CASES)]
      const printed = await namespace.exec('strace', ...strace, ...node)

      const [, trace = ''] = /lvs-begin[^\n]*\n(.*)\n[^\n]*lvs-end/s.exec(await readFile(log, 'utf8')) ?? []
      const calls = trace.match(/^\d+ +\w+\(.*$/gm) ?? []
      const paths = calls.map((call) => /"((?:[^"\\]|\\.)*)"/.exec(call)?.[1] ?? call)
      const { read, refused } = JSON.parse(printed)
      expect(read).toBeGreaterThan(CASES / 10)
      expect(refused).toBeGreaterThan(CASES)
      expect(paths.length).toBeGreaterThan(read)
      expect(paths.filter((path) => !isBelowNet(path))).toEqual([])
    } finally {
      await rm(scratch, { recursive: true })
    }
  },
  PATIENCE,
)

function isBelowNet(path: string): boolean {
  const names = path.split('/').slice(4)
  return path.startsWith('/proc/sys/net/') && names.every((name) => !['', '.', '..'].includes(name))
}
