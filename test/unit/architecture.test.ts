import { createRequire } from 'node:module'
import { dirname, relative } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { BESIDE, CIRCLES, ORDER, PURE } from '../support/architecture/layout.ts'
import {
  findCircles,
  findImports,
  readEntries,
  readSourceFiles,
  type SourceFile,
} from '../support/architecture/source-files.ts'

const source = readSourceFiles('src', /\.ts$/)
const native = readSourceFiles('native', /\.(cc|h)$/)
const entries = readEntries()
const paths = (files: readonly SourceFile[]) => files.map(({ path }) => path)

/** Loads the addon. */
const ADDON = 'src/system/addon.ts'
/** Sockets of the addon. */
const KERNEL_TRANSPORT = 'src/netlink/transport/kernel-transport.ts'
/** Loads the packages that only text documents need, with the first document. */
const LAZY_PACKAGES = 'src/state/document/lazy-packages.ts'

/** The position of a file in the order: its folder below src, or its own name for a file of src itself. */
function placeOf(path: string): string {
  const folder = relative('src', dirname(path))
  return folder === '' ? relative('src', path) : folder
}

function isInside(place: string, folder: string): boolean {
  return place === folder || place.startsWith(`${folder}/`)
}

/** The reason for which a file at one position may not import from another; undefined if it may. */
function reasonAgainst(from: string, to: string): string | undefined {
  if (ORDER.indexOf(to) > ORDER.indexOf(from)) return 'upward'
  const sides = BESIDE.find(
    (folders) =>
      folders.some((folder) => isInside(from, folder)) &&
      folders.some((folder) => isInside(to, folder) && !isInside(from, folder)),
  )
  return sides === undefined ? undefined : 'sideways'
}

describe('imports', () => {
  it('are found in every form', () => {
    const text = `
    import './a.ts'
    import type { B } from '../ipvs/b.ts'
    export { c } from "./c.ts"
    const d = await import('node:d')
    const e = require('e')`
    expect(findImports('src/netlink/x.ts', text)).toEqual([
      'src/netlink/a.ts',
      'src/ipvs/b.ts',
      'src/netlink/c.ts',
      'node:d',
      'e',
    ])
  })

  it('are rejected upward and sideways', () => {
    expect(reasonAgainst('netlink/wire', 'netlink/connection')).toBe('upward')
    expect(reasonAgainst('netlink/wire', 'netlink')).toBe('upward')
    expect(reasonAgainst('ipvs/model', 'state/model')).toBe('upward')
    expect(reasonAgainst('ipvs/model', 'route/model')).toBe('sideways')
    expect(reasonAgainst('testing/kernel', 'host')).toBe('sideways')
    expect(reasonAgainst('netlink', 'netlink/wire')).toBeUndefined()
    expect(reasonAgainst('state', 'ipvs/read')).toBeUndefined()
    expect(reasonAgainst('ipvs/model', 'ipvs/protocol')).toBeUndefined()
  })

  it('refer only to folders further down the list', () => {
    const wrong = source.flatMap(({ path, imports }) =>
      imports
        .filter((name) => name.startsWith('src/'))
        .map((name) => [name, reasonAgainst(placeOf(path), placeOf(name))] as const)
        .filter(([, reason]) => reason !== undefined)
        .map(([name, reason]) => `${reason}: ${path} imports ${name}`),
    )
    expect(wrong).toEqual([])
  })

  it('form no cycle except those on the list', () => {
    const allowed = CIRCLES.map(({ files }) => files.map((name) => `src/${name}`).toSorted())
    expect(findCircles(source)).toEqual(allowed.toSorted())
    for (const { reason } of CIRCLES) expect(reason).toMatch(/\w+ \w+/)
  })

  it('refer to src and to packages only', () => {
    const outside = source.flatMap(({ path, imports }) =>
      imports
        .filter((name) => /^(\.\.|test|native|dist)\b/.test(name))
        .map((name) => `${path} imports ${name}`),
    )
    expect(outside).toEqual([])
  })
})

describe('folders of src', () => {
  const folders = new Set(source.map(({ path }) => placeOf(path)))

  it('are all in the order, and the order contains no others', () => {
    expect(source.length).toBeGreaterThan(30)
    // A folder may contain folders only.
    const present = ORDER.filter((name) => [...folders].some((place) => isInside(place, name)))
    expect([...folders].filter((place) => !ORDER.includes(place))).toEqual([])
    expect(present).toEqual(ORDER)
    expect(new Set(ORDER).size).toBe(ORDER.length)
    for (const name of [...BESIDE.flat(), ...PURE]) expect(ORDER).toContain(name)
  })

  it('contain at most 16 files', () => {
    const counts = [...folders].map((place) => [
      place,
      source.filter(({ path }) => placeOf(path) === place).length,
    ])
    expect(counts.filter(([, count]) => Number(count) > 16)).toEqual([])
  })

  it('read no file and start no program if they are pure', () => {
    const forbidden =
      /^(node:(fs|fs\/promises|module|child_process|worker_threads|net\/promises|http)|node-gyp-build)$/
    const impure = source
      .filter(({ path }) => PURE.includes(placeOf(path)))
      .filter(({ imports }) =>
        imports.some((name) => forbidden.test(name) || name === ADDON || name === KERNEL_TRANSPORT),
      )
    expect(paths(impure)).toEqual([])
  })
})

describe('folders of test/unit', () => {
  it('have the names of those of src, except for the tests of the documents', () => {
    const tests = readSourceFiles('test/unit', /\.ts$/).map(({ path }) =>
      relative('test/unit', dirname(path)),
    )
    const folders = [...new Set(tests)].filter((folder) => folder !== '' && folder !== 'docs')
    expect(folders.filter((folder) => !ORDER.includes(folder))).toEqual([])
  })
})

describe('entries', () => {
  it('are at the top of the package or of a subpackage', () => {
    expect(entries.length).toBeGreaterThan(1)
    expect(entries.filter((entry) => !/^src\/([a-z]+\/)?index\.ts$/.test(entry))).toEqual([])
  })

  it('only re-export, and no other file re-exports', () => {
    const code = (text: string) =>
      text.replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, '').replace(/export (type )?\{[^}]*\} from '[^']+'/g, '')
    const barrels = source.filter(({ text }) => code(text).trim() === '')
    expect(paths(barrels).toSorted()).toEqual(entries.toSorted())
    expect(
      source.filter(({ path, text }) => !entries.includes(path) && /export (\*|\{[^}]*\}) from/.test(text)),
    ).toEqual([])
  })

  it('are imported by no file of src', () => {
    const importing = source.filter(({ imports }) => imports.some((name) => entries.includes(name)))
    expect(paths(importing)).toEqual([])
  })
})

describe('the addon', () => {
  it('is loaded by one file', () => {
    const loaders = source.filter(({ imports }) =>
      imports.some((name) => /^(node-gyp-build|(node:)?module)$/.test(name)),
    )
    expect(paths(loaders).toSorted()).toEqual([LAZY_PACKAGES, ADDON])
    expect(paths(source.filter(({ text }) => /node-gyp-build|\.node['"]|dlopen/.test(text)))).toEqual([ADDON])
  })

  it('is used by the transport and the file lock, and the transport by the file that opens a client', () => {
    const usersOf = (path: string) => paths(source.filter(({ imports }) => imports.includes(path)))
    expect(usersOf(ADDON).toSorted()).toEqual([KERNEL_TRANSPORT, 'src/system/file-lock.ts'])
    expect(usersOf(KERNEL_TRANSPORT)).toEqual(['src/netlink/open.ts'])
  })

  it('alone includes libnl', () => {
    const including = /#\s*include\s*<(netlink|linux\/(netlink|genetlink|ip_vs))/
    expect(native.filter(({ text }) => /#include <netlink\//.test(text)).length).toBeGreaterThan(0)
    expect(source.filter(({ text }) => including.test(text))).toEqual([])
  })

  it('does not depend on IPVS', () => {
    expect(paths(native.filter(({ text }) => /ip_vs|ipvs/i.test(text)))).toEqual([])
  })
})

describe('the simulated kernel', () => {
  it('does not import a file that loads the addon, directly or indirectly', () => {
    const byPath = new Map(source.map((file) => [file.path, file]))
    const reached = new Set<string>()
    const visit = (path: string) => {
      if (reached.has(path)) return
      reached.add(path)
      for (const name of byPath.get(path)?.imports ?? []) visit(name)
    }
    visit('src/testing/index.ts')
    expect(reached.size).toBeGreaterThan(40)
    expect([...reached].filter((path) => path === ADDON || path === 'node-gyp-build')).toEqual([])
  })
})

describe('importing the package', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('does not load the addon; opening a client does', async () => {
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

  it('contain no enum, no namespace and no parameter property', () => {
    const erasable =
      /^\s*(export\s+)?(declare\s+)?(const\s+)?(enum|namespace|module)\s+\w|constructor\s*\([^)]*\b(public|private|protected)\s/m
    expect(paths(source.filter(({ text }) => erasable.test(text)))).toEqual([])
  })

  it('are named after their content, never utils', () => {
    expect(paths(all.filter(({ path }) => /(^|[/_-])(utils?|helpers?|common|misc)\b/.test(path)))).toEqual([])
  })
})
