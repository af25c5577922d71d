import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './prepare.mjs'

/** Runs the inner part of the benchmark under a kernel with IPVS, and returns its results. */
export function runInLab(directory, { kernel, ...configuration }) {
  const out = join(directory, 'out')
  mkdirSync(out)
  const result = join(out, 'result.json')
  const path = join(directory, 'configuration.json')
  writeFileSync(path, JSON.stringify({ ...configuration, programs: directory, result }))
  const words = ['bash', 'test/lab/lab.sh', process.execPath, 'test/bench/inside.mjs', path]
  const [program, ...rest] = [...priority(), ...words]
  const { status } = spawnSync(program, rest, {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    env: { LAB: 'qemu', LAB_TIMEOUT: '7200', ...process.env, LAB_KERNEL: kernel, LAB_OUT: out },
  })
  if (status !== 0) throw new Error(`the lab ended with ${status}`)
  return JSON.parse(readFileSync(result, 'utf8'))
}

/**
 * Real-time priority, if it is permitted: otherwise the scheduler sometimes runs both processors of the machine on one
 * processor of the host, and every figure varies by half.
 */
function priority() {
  const words = ['chrt', '--rr', '5']
  return spawnSync(words[0], [...words.slice(1), 'true']).status === 0 ? words : []
}
