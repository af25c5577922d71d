import { spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const MODULE = new URL('../../../../src/cli/io/system-process.ts', import.meta.url).href

/** Runs statements with a process `io`, whose standard output is this file. */
function runTo(file: string, statements: string) {
  const output = openSync(file, 'w')
  try {
    const program = `import { SystemProcess } from ${JSON.stringify(MODULE)}
const io = new SystemProcess('lvs')
${statements}`
    const words = ['--import', 'tsx', '--input-type=module', '-e', program]
    return spawnSync(process.execPath, words, { stdio: ['ignore', output, 'pipe'], encoding: 'utf8' })
  } finally {
    closeSync(output)
  }
}

describe('standard output', () => {
  it('fails on a full disk', () => {
    const { stderr } = runTo('/dev/full', `try { io.print('x') } catch (e) { io.printError(e.message) }`)
    expect(stderr).toMatch(/^the output is not complete: cannot write to standard output: ENOSPC/)
  })

  it('ends the process quietly, as SIGPIPE would, when the reader is gone', () => {
    const command = `"$0" --import tsx --input-type=module -e "$1" | true; echo "\${PIPESTATUS[0]}"`
    const program = `import { SystemProcess } from ${JSON.stringify(MODULE)}
const io = new SystemProcess('lvs')
for (;;) io.print('x'.repeat(100000))`
    const { stdout, stderr } = spawnSync('bash', ['-c', command, process.execPath, program], {
      encoding: 'utf8',
    })
    expect({ stdout, stderr }).toEqual({ stdout: '141\n', stderr: '' })
  })
})

it('standard error that cannot be written does not change the exit status', () => {
  const { status, stderr } = spawnSync(
    'bash',
    [
      '-c',
      `"$0" --import tsx --input-type=module -e "$1" 2>/dev/full`,
      process.execPath,
      `import { SystemProcess } from ${JSON.stringify(MODULE)}
new SystemProcess('lvs').printError('x')`,
    ],
    { encoding: 'utf8' },
  )
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})
