import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')

describe('the examples', () => {
  it('build a web cluster by direct routing and balance it', async () => {
    const example = join(root, 'docs/examples/dr-cluster.ts')
    const { stdout } = await run(process.execPath, ['--import', 'tsx', example], { cwd: root })
    expect(stdout).toContain('the answers alternate')
    expect(stdout).toContain('the answers are shared 2:1')
    expect(stdout.trim()).toMatch(/done: built, balanced and read back$/)
  })

  it('program a large table, drain a real server and read the table as a stream', async () => {
    const example = join(root, 'docs/examples/large-table.ts')
    const { stdout } = await run(process.execPath, ['--import', 'tsx', example], { cwd: root })
    expect(stdout).toMatch(/^1100[0-9] messages in \d\d system calls$/m)
    expect(stdout).toContain('once more: 11000 refused, such as addService tcp://10.0.0.0:80: EEXIST')
    expect(stdout.trim()).toMatch(/done: 198.51.100.3 gets no new connections from 1000 services$/)
  })

  it('apply a document, and plan no step afterwards', async () => {
    const example = join(root, 'docs/examples/desired-state.ts')
    const { stdout } = await run(process.execPath, ['--import', 'tsx', example], { cwd: root })
    expect(stdout.trim()).toMatch(/done: there is nothing left to do$/)
  })
})
