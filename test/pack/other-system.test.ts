import { execFile } from 'node:child_process'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

/**
 * npm and Node.js get `darwin` as the name of the system. The test shows how npm and this package react to the name; it does
 * not replace a run on macOS.
 */
describe('the packed package on a system that is not Linux', () => {
  let project: string
  let env: NodeJS.ProcessEnv

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'lvs-pack-'))
    const pretence = join(project, 'pretence.cjs')
    await writeFile(pretence, `Object.defineProperty(process, 'platform', { value: 'darwin' })`)
    env = { ...process.env, NODE_OPTIONS: `--require=${pretence}` }
    const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', project]
    const { stdout } = await run('npm', words, { cwd: root })
    const [packed] = JSON.parse(stdout) as { filename: string }[]
    const tarball = join(project, packed!.filename.replace('@', '').replace('/', '-'))
    await writeFile(
      join(project, 'package.json'),
      JSON.stringify({ name: 'empty', private: true, type: 'module' }),
    )
    await run('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: project, env })
  })

  afterAll(async () => {
    await rm(project, { recursive: true, force: true })
  })

  async function node(program: string): Promise<string> {
    const words = ['--input-type=module', '-e', program]
    const { stdout } = await run(process.execPath, words, { cwd: project, env })
    return stdout.trim()
  }

  it('installs without compiling anything', async () => {
    const installed = join(project, 'node_modules/@lvs/netlink')
    await access(join(installed, 'dist/testing/index.js'))
    await expect(access(join(installed, 'build'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('tests a program on a simulated kernel, which has the error names of Linux', async () => {
    const program = `
      import { Ipvs } from '@lvs/netlink'
      import { SimulatedKernel } from '@lvs/netlink/testing'
      const kernel = new SimulatedKernel()
      kernel.faults.inject({ on: 'FLUSH', fault: { kind: 'refuse', error: 'EOPNOTSUPP' } })
      const ipvs = await Ipvs.open({ transport: kernel })
      await ipvs.addService({ protocol: 'tcp', address: '192.0.2.1', port: 80 })
      const { code, errno } = await ipvs.flush().catch((error) => error)
      console.log((await ipvs.services()).length, code, errno)`
    expect(await node(program)).toBe('1 EOPNOTSUPP 95')
  })

  it('rejects a real kernel because this is not Linux', async () => {
    const program = `
      import { Ipvs } from '@lvs/netlink'
      const { reason, error } = await Ipvs.probe()
      console.log(reason, error.code, error.message)`
    expect(await node(program)).toMatch(/^failed ERR_LVS_ADDON IPVS requires Linux, and this is darwin\b/)
  })
})
