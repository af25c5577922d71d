import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

const ROOT = join(import.meta.dirname, '../../..')

/** A file of this repository. */
export interface SourceFile {
  /** The path from the root directory. */
  readonly path: string
  readonly text: string
  /** Its imports, including types: files of this repository by their paths, packages by their names. */
  readonly imports: readonly string[]
}

/** The files below a folder whose names match. */
export function readSourceFiles(folder: string, names: RegExp): SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => names.test(name))
    .map((name) => {
      const path = join(folder, name)
      const text = readFileSync(join(ROOT, path), 'utf8')
      return { path, text, imports: findImports(path, text) }
    })
}

/** The files that programs can import: the exports in package.json. */
export function readEntries(): string[] {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  return Object.values<string | { readonly default: string }>(exports)
    .map((target) => (typeof target === 'string' ? target : target.default))
    .filter((target) => target.endsWith('.js'))
    .map((target) => target.replace('./dist', 'src').replace(/js$/, 'ts'))
}

/** The imports of a text, in any form. */
export function findImports(path: string, text: string): string[] {
  const specifiers = text.matchAll(/(?:\bfrom|\bimport|\brequire|\bimport\()\s*\(?\s*['"]([^'"]+)['"]/g)
  return [...specifiers].map(([, name = '']) =>
    name.startsWith('.') ? normalize(join(dirname(path), name)) : name,
  )
}

/** Groups of files that import each other, directly or indirectly (Tarjan's algorithm). */
export function findCircles(files: readonly SourceFile[]): string[][] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const indices = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const circles: string[][] = []
  const visit = (path: string): number => {
    const index = indices.size
    indices.set(path, index)
    lowest.set(path, index)
    stack.push(path)
    for (const name of byPath.get(path)!.imports) {
      if (!byPath.has(name)) continue
      if (!indices.has(name)) lowest.set(path, Math.min(lowest.get(path)!, visit(name)))
      else if (stack.includes(name)) lowest.set(path, Math.min(lowest.get(path)!, indices.get(name)!))
    }
    if (lowest.get(path) === index) {
      const circle = stack.splice(stack.indexOf(path))
      if (circle.length > 1) circles.push(circle.toSorted())
    }
    return lowest.get(path)!
  }
  for (const { path } of files) if (!indices.has(path)) visit(path)
  return circles.toSorted()
}
