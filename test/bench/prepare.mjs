import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The root directory of the project. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const PROGRAMS = ['limit', 'timed', 'exchange']

/** Runs a program; its output goes to standard error. */
export function call(program, words, cwd = ROOT) {
  const { status, error } = spawnSync(program, words, { cwd, stdio: ['ignore', 2, 2] })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} failed`)
}

/** Builds the addon and dist if they are missing. */
export function buildLibrary() {
  if (existsSync(`${ROOT}/dist/index.js`) && existsSync(`${ROOT}/build/Release`)) return
  call('npm', ['run', 'build'])
}

/** Compiles the C programs into a directory. */
export function compilePrograms(directory) {
  for (const name of PROGRAMS) {
    const source = fileURLToPath(new URL(`${name}.c`, import.meta.url))
    const warnings = ['-Wall', '-Wextra', '-Wpedantic']
    call(process.env.CC ?? 'cc', ['-std=gnu11', '-O2', ...warnings, '-o', `${directory}/${name}`, source])
  }
}

/** Installs the packages that the library is compared with. Returns the problem if that fails. */
export function installPeers() {
  const peers = fileURLToPath(new URL('peers', import.meta.url))
  try {
    if (!existsSync(`${peers}/node_modules/.package-lock.json`)) {
      call('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], peers)
    }
    // Whether it can be loaded: its binary may have been built for another system.
    call(process.execPath, ['-e', 'require("netlink")'], peers)
    return undefined
  } catch (error) {
    return error.message
  }
}
