import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

/** The package as a user gets it: packed, and installed into an empty project. */
describe('the packed package', () => {
  let project: string
  let files: readonly string[]

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'lvs-pack-'))
    const { stdout } = await run(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--pack-destination', project],
      { cwd: root },
    )
    const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[]
    files = packed!.files.map(({ path }) => path)
    await writeFile(
      join(project, 'package.json'),
      JSON.stringify({ name: 'empty', private: true, type: 'module' }),
    )
    const tarball = join(project, packed!.filename.replace('@', '').replace('/', '-'))
    await run('npm', ['install', '--no-audit', '--no-fund', '--foreground-scripts', tarball], {
      cwd: project,
    })
  })

  afterAll(async () => {
    await rm(project, { recursive: true, force: true })
  })

  it('contains the files that it needs to run and to compile, and no others', () => {
    const allowed =
      /^(dist\/.*\.(js|d\.ts)(\.map)?|dist\/bin\/(lvs\.cjs|package\.json)|dist\/man\/lvs\.1|dist\/state\.schema\.json|src\/.*\.ts|native\/[^/]*\.(cc|h)|binding\.gyp|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/
    expect(files.filter((path) => !allowed.test(path))).toEqual([])
    expect(files).toContain('dist/index.js')
    expect(files).toContain('native/addon.cc')
  })

  it('is imported without loading the addon', async () => {
    const program = `
      process.dlopen = () => { throw new Error('an addon was loaded') }
      const { Ipvs, SCHEDULERS, parseService } = await import('@lvs/netlink')
      console.log(typeof Ipvs.open, SCHEDULERS.length, parseService('tcp://192.0.2.1:80').port)`
    expect((await node(program)).trim()).toBe('function 13 80')
  })

  it('is imported without the packages that only text documents need', async () => {
    const packages = ['yaml', 'zod'].map((name) => join(project, 'node_modules', name))
    for (const path of packages) await run('mv', [path, `${path}.away`])
    try {
      const program = `
        const { formatState, Ipvs } = await import('@lvs/netlink')
        console.log(typeof Ipvs.open, formatState({}, 'json').trim())
        try { formatState({}) } catch ({ code }) { console.log(code) }`
      expect(await node(program)).toBe('function {}\nMODULE_NOT_FOUND\n')
    } finally {
      for (const path of packages) await run('mv', [`${path}.away`, path])
    }
  })

  it('has the JSON Schema of documents as a file', async () => {
    const program = `
      import { readFileSync } from 'node:fs'
      import { fileURLToPath } from 'node:url'
      import { stateJsonSchema } from '@lvs/netlink'
      const path = fileURLToPath(import.meta.resolve('@lvs/netlink/state.schema.json'))
      console.log(readFileSync(path, 'utf8') === JSON.stringify(stateJsonSchema(), undefined, 2) + '\\n')`
    expect((await node(program)).trim()).toBe('true')
  })

  it('opens sockets with the addon that the installation compiled', async () => {
    const program = `
      const { Ipvs } = await import('@lvs/netlink')
      const answer = await Ipvs.probe()
      console.log(answer.available ? 'available' : answer.reason)`
    expect((await node(program)).trim()).toMatch(/^(available|no-ipvs|no-privilege)$/)
  })

  it('can be loaded with require()', async () => {
    const { stdout } = await run(
      process.execPath,
      ['--no-warnings', '-p', 'typeof require("@lvs/netlink").Ipvs'],
      { cwd: project },
    )
    expect(stdout.trim()).toBe('function')
  })

  it('reports how to build a missing addon', async () => {
    const built = join(project, 'node_modules/@lvs/netlink/build')
    await run('mv', [built, `${built}.away`])
    try {
      const program = `
        const { Ipvs } = await import('@lvs/netlink')
        const answer = await Ipvs.probe()
        console.log(answer.reason, answer.error.code, answer.error.message)`
      const text = await node(program)
      expect(text).toMatch(/^failed ERR_LVS_ADDON /)
      expect(text).toContain('npm run install')
    } finally {
      await run('mv', [`${built}.away`, built])
    }
  })

  it('has types', async () => {
    await writeFile(
      join(project, 'sample.ts'),
      `import { Ipvs } from '@lvs/netlink'
       const ipvs: Ipvs = await Ipvs.open()
       const web = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const
       await ipvs.addDestination(web, { address: '192.0.2.2', forwarding: 'dr' })
       // @ts-expect-error the forwarding method has no default
       await ipvs.addDestination(web, { address: '192.0.2.2' })
       // @ts-expect-error only a tunnel has a tunnel type
       await ipvs.addDestination(web, { address: '192.0.2.2', forwarding: 'dr', tunnel: { type: 'gre' } })
       // @ts-expect-error a service has either an address or a mark
       await ipvs.addService({ ...web, fwmark: 7 })
       for (const service of await ipvs.services()) {
         await ipvs.addService(service)
         for (const destination of service.destinations) await ipvs.updateDestination(service, { ...destination, weight: 3 })
       }`,
    )
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const options = [
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--module',
      'nodenext',
      '--target',
      'es2022',
    ]
    const types = [
      '--lib',
      'es2023,esnext.disposable',
      '--typeRoots',
      join(root, 'node_modules/@types'),
      '--types',
      'node',
    ]
    await run(process.execPath, [tsc, ...options, ...types, 'sample.ts'], { cwd: project })
  })

  async function node(program: string): Promise<string> {
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: project })
    return stdout
  }
})
