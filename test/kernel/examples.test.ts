import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

describe('the examples', () => {
  it('build a web cluster by direct routing and balance it', async () => {
    const example = join(root, 'docs/examples/dr-cluster.ts')
    const { stdout } = await run(process.execPath, ['--import', 'tsx', example], { cwd: root })
    expect(stdout).toContain('the answers alternate')
    expect(stdout).toContain('the answers are shared 2:1')
    expect(stdout.trim()).toMatch(/done: built, balanced and read back$/)
  })
})
