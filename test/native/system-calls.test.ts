import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

/** LeakSanitizer and strace both use ptrace, which allows only one tracer. */
const traceable = process.env['LVS_ADDON'] === undefined && hasStrace()

function hasStrace(): boolean {
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The socket calls of one exchange, as strace sees them. */
async function trace(kind: string): Promise<string[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'lvs-native-'))
  const log = join(scratch, 'trace')
  const program = fileURLToPath(new URL('programs/traced.mjs', import.meta.url))
  const calls = ['-f', '-o', log, '-e', 'trace=%network,poll,ppoll,select,access,faccessat,faccessat2']
  try {
    await promisify(execFile)('strace', [...calls, process.execPath, program, kind])
    const between = readFileSync(log, 'utf8').split('/lvs-begin')[1]!.split('/lvs-end')[0]!
    return [...between.matchAll(/^\d+ +(\w+)\(/gm)]
      .map((call) => call[1]!)
      .filter((call) => !call.includes('access'))
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

describe.runIf(traceable)('the system calls', () => {
  it.each([
    ['one command', 'command'],
    ['a batch of 500 commands', 'batch'],
    ['a small dump', 'dump'],
  ])('of %s are one send and one receive', async (_, kind) => {
    expect(await trace(kind)).toEqual(['sendmsg', 'recvmmsg'])
  })
})
