import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The files that a program can import: what package.json exports. They only pass on, and nothing else does. */
const ENTRIES = Object.values<string | { readonly default: string }>(
  JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).exports,
)
  .map((target) => (typeof target === 'string' ? target : target.default))
  .filter((target) => target.endsWith('.js'))
  .map((target) => target.replace('./dist', 'src').replace(/js$/, 'ts'))
const KERNEL_TRANSPORT = 'src/netlink/kernel-transport.ts'
/** Loads what only documents in text need, when the first one comes. */
const PACKAGES = 'src/state/packages.ts'

/** The rooms of src/; an import may only point down this list. `testing` plays the kernel and may use them all. */
const ROOMS = [
  'index',
  'testing',
  'cli',
  'observe',
  'health',
  'state',
  'host',
  'ipvs',
  'route',
  'netlink',
  'errors',
]
/** What knows the protocol and nothing of the machine it runs on. */
const PURE =
  /^src\/(netlink\/(wire|attributes|messages|address|describe|batch|structure|check|uapi)|(ipvs|route)\/(?!(ipvs|network|open)\.)[^/]+|errors)\.ts$/

interface SourceFile {
  readonly path: string
  readonly text: string
  /** What it imports, types included; files of its own by their path from the root. */
  readonly imports: readonly string[]
}

function filesIn(folder: string, names: RegExp): SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => names.test(name))
    .map((name) => {
      const path = join(folder, name)
      const text = readFileSync(join(ROOT, path), 'utf8')
      return { path, text, imports: importsIn(path, text) }
    })
}

function importsIn(path: string, text: string): string[] {
  const specifiers = text.matchAll(/(?:\bfrom|\bimport|\brequire|\bimport\()\s*\(?\s*['"]([^'"]+)['"]/g)
  return [...specifiers].map(([, name = '']) =>
    name.startsWith('.') ? normalize(join(dirname(path), name)) : name,
  )
}

/** The room of a file of src/: its folder, or its own name at the top. */
function roomOf(path: string): string {
  const [, first = '', rest] = path.split('/')
  return rest === undefined ? basename(first, '.ts') : first
}

const source = filesIn('src', /\.ts$/)
const native = filesIn('native', /\.(cc|h)$/)
const paths = (files: readonly SourceFile[]) => files.map(({ path }) => path)

it('reads imports of every form', () => {
  const text = `
    import './a.ts'
    import type { B } from '../ipvs/b.ts'
    export { c } from "./c.ts"
    const d = await import('node:d')
    const e = require('e')`
  expect(importsIn('src/netlink/x.ts', text)).toEqual([
    'src/netlink/a.ts',
    'src/ipvs/b.ts',
    'src/netlink/c.ts',
    'node:d',
    'e',
  ])
})

describe('the rooms of src', () => {
  it('are those of the plan', () => {
    expect(source.length).toBeGreaterThan(30)
    expect(source.filter(({ path }) => !ROOMS.includes(roomOf(path)))).toEqual([])
  })

  it('import only from those below them', () => {
    const upward = source.flatMap(({ path, imports }) =>
      imports
        .filter((name) => name.startsWith('src/'))
        .filter((name) => ROOMS.indexOf(roomOf(name)) < ROOMS.indexOf(roomOf(path)))
        .map((name) => `${path} imports ${name}`),
    )
    expect(upward).toEqual([])
  })

  it('import nothing from outside of src but packages', () => {
    const outside = source.flatMap(({ path, imports }) =>
      imports
        .filter((name) => /^(\.\.|test|native|dist)\b/.test(name))
        .map((name) => `${path} imports ${name}`),
    )
    expect(outside).toEqual([])
  })

  it('have no barrel: no file but an entry only passes on', () => {
    const code = (text: string) =>
      text.replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, '').replace(/export (type )?\{[^}]*\} from '[^']+'/g, '')
    const barrels = source.filter(({ text }) => code(text).trim() === '')
    expect(paths(barrels).toSorted()).toEqual(ENTRIES.toSorted())
    expect(
      source.filter(({ path, text }) => !ENTRIES.includes(path) && /export (\*|\{[^}]*\}) from/.test(text)),
    ).toEqual([])
  })

  it('have every entry at the top of the package or of a room', () => {
    expect(ENTRIES.filter((entry) => !/^src\/([a-z]+\/)?index\.ts$/.test(entry))).toEqual([])
  })

  it('import no entry: that is for programs', () => {
    const importing = source.filter(({ imports }) => imports.some((name) => ENTRIES.includes(name)))
    expect(paths(importing)).toEqual([])
  })
})

describe('the addon', () => {
  it('is loaded by one file', () => {
    const loaders = source.filter(({ imports }) =>
      imports.some((name) => /^(node-gyp-build|(node:)?module)$/.test(name)),
    )
    expect(paths(loaders)).toEqual([KERNEL_TRANSPORT, PACKAGES])
    expect(paths(source.filter(({ text }) => /node-gyp-build|\.node['"]|dlopen/.test(text)))).toEqual([
      KERNEL_TRANSPORT,
    ])
  })

  it('is named by nobody but who opens a client', () => {
    const users = source.filter(({ imports }) => imports.includes(KERNEL_TRANSPORT))
    expect(paths(users)).toEqual(['src/netlink/open.ts'])
  })

  it('alone includes libnl', () => {
    const including = /#\s*include\s*<(netlink|linux\/(netlink|genetlink|ip_vs))/
    expect(native.filter(({ text }) => /#include <netlink\//.test(text)).length).toBeGreaterThan(0)
    expect(source.filter(({ text }) => including.test(text))).toEqual([])
  })

  it('knows nothing of IPVS', () => {
    expect(paths(native.filter(({ text }) => /ip_vs|ipvs/i.test(text)))).toEqual([])
  })
})

describe('what knows the protocol', () => {
  const pure = source.filter(({ path }) => PURE.test(path))

  it('reads no file and loads no addon', () => {
    expect(pure.length).toBeGreaterThan(20)
    const forbidden =
      /^(node:(fs|fs\/promises|module|child_process|worker_threads|net\/promises|http)|node-gyp-build)$/
    const impure = pure.filter(({ imports }) =>
      imports.some((name) => forbidden.test(name) || name === KERNEL_TRANSPORT),
    )
    expect(paths(impure)).toEqual([])
  })
})

describe('the simulated kernel', () => {
  const byPath = new Map(source.map((file) => [file.path, file]))

  it('reaches nothing that loads the addon, by any number of imports', () => {
    const reached = new Set<string>()
    const visit = (path: string) => {
      if (reached.has(path)) return
      reached.add(path)
      for (const name of byPath.get(path)?.imports ?? []) visit(name)
    }
    visit('src/testing/index.ts')
    expect([...reached].length).toBeGreaterThan(40)
    expect([...reached].filter((path) => path === KERNEL_TRANSPORT || path === 'node-gyp-build')).toEqual([])
  })
})

describe('importing the package', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('loads no addon; opening does', async () => {
    const dlopen = vi.spyOn(process, 'dlopen').mockImplementation(() => {
      throw new Error('no addon in a unit test')
    })
    const { Ipvs, AddonError } = await import('../../src/index.ts')
    expect(dlopen).not.toHaveBeenCalled()
    await expect(Ipvs.open()).rejects.toBeInstanceOf(AddonError)
  })

  it('loads neither zod nor yaml; the first document does', async () => {
    const imports = /^((import|export) (?!type )|\}).*\bfrom ['"](zod|yaml)['"]/m
    expect(paths(source.filter(({ text }) => imports.test(text)))).toEqual([])
    const { cache } = createRequire(import.meta.url)
    const isLoaded = (name: string) => Object.keys(cache).some((path) => path.includes(`/${name}/`))
    const { parseState } = await import('../../src/index.ts')
    expect(['zod', 'yaml'].map(isLoaded)).toEqual([false, false])
    expect(parseState('services: []')).toEqual({ services: [] })
    expect(['zod', 'yaml'].map(isLoaded)).toEqual([true, true])
  })
})

describe('files', () => {
  const all = [...source, ...native]

  it('have at most 300 lines', () => {
    expect(paths(all.filter(({ text }) => text.split('\n').length > 301))).toEqual([])
  })

  it('have names in kebab case, those of C++ in snake case', () => {
    expect(
      paths(source.filter(({ path }) => !/^src(\/[a-z]+)*\/[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(path))),
    ).toEqual([])
    expect(
      paths(native.filter(({ path }) => !/^native\/[a-z0-9]+(_[a-z0-9]+)*\.(cc|h)$/.test(path))),
    ).toEqual([])
  })

  it('hold no enum, no namespace and no parameter property', () => {
    const erasable =
      /^\s*(export\s+)?(declare\s+)?(const\s+)?(enum|namespace|module)\s+\w|constructor\s*\([^)]*\b(public|private|protected)\s/m
    expect(paths(source.filter(({ text }) => erasable.test(text)))).toEqual([])
  })

  it('are called after what they hold, never utils', () => {
    expect(paths(all.filter(({ path }) => /(^|[/_-])(utils?|helpers?|common|misc)\b/.test(path)))).toEqual([])
  })
})
