import { readdir, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'

/**
 * glob(3) with GLOB_BRACE, which keepalived uses for `include`. tinyglobby and picomatch differ from it: they return the matches of
 * `{b,a}` in the order of the directory, expand `{1..3}`, and do not expand `{a}`. `fs.glob` is missing in Node.js 20.
 */

/** The POSIX character classes, in the locale C. */
const CLASSES: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e',
  space: '\\s',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
}

/**
 * Returns the files that match a pattern, relative to a directory: for each alternative of `{a,b}` in turn, sorted by name.
 * Like keepalived, it omits directories, and so it does what is not a regular file.
 */
export async function glob(pattern: string, directory: string): Promise<string[]> {
  const base = isAbsolute(pattern) ? '/' : directory
  const found = await Promise.all(expandBraces(pattern).map((each) => matchPaths(each, base)))
  return found.flat()
}

/** The most alternatives that the braces of a pattern may have. */
export const MAX_ALTERNATIVES = 1024

/**
 * Expands every `{a,b}` to a and b. Braces that are escaped or not closed remain.
 *
 * @throws {RangeError} for more than {@link MAX_ALTERNATIVES}.
 */
export function expandBraces(pattern: string): string[] {
  const found: string[] = []
  const waiting = [pattern]
  let steps = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const expanded = expandFirst(next)
    if (expanded === undefined) found.push(next)
    else waiting.push(...expanded.toReversed())
    if (found.length + waiting.length > MAX_ALTERNATIVES || ++steps > 4 * MAX_ALTERNATIVES) {
      throw new RangeError(`the braces of a pattern have more than ${MAX_ALTERNATIVES} alternatives`)
    }
  }
  return found
}

/** Expands the first `{a,b}`; undefined if there is none. */
function expandFirst(pattern: string): string[] | undefined {
  const [head = ''] = /^(?:\\.|[^{\\])*/s.exec(pattern) ?? []
  const alternatives = ['']
  let depth = 0
  let end = head.length
  for (const [token] of pattern.slice(head.length).matchAll(/\\.|./gs)) {
    end += token.length
    if (token === '{' && depth++ === 0) continue
    if (token === '}' && --depth === 0) return alternatives.map((each) => head + each + pattern.slice(end))
    if (token === ',' && depth === 1) alternatives.push('')
    else alternatives.push(`${alternatives.pop()}${token}`)
  }
  return undefined
}

async function matchPaths(pattern: string, base: string): Promise<string[]> {
  let paths = [base]
  for (const segment of pattern.split('/').filter((each) => each !== '')) {
    paths = (await Promise.all(paths.map((path) => matchSegment(segment, path)))).flat()
  }
  const areFiles = await Promise.all(paths.map(isFile))
  return paths.filter((_, index) => areFiles[index])
}

async function matchSegment(segment: string, directory: string): Promise<string[]> {
  if (!/[*?[]/.test(segment)) return [join(directory, segment.replaceAll(/\\(.)/gs, '$1'))]
  const expression = toExpression(segment)
  const names = await readdir(directory).catch((): string[] => [])
  return names
    .filter((name) => expression.test(name))
    .sort()
    .map((name) => join(directory, name))
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ?? false
}

/** Translates one segment of a path. A leading dot of a name only matches a dot in the pattern. */
function toExpression(segment: string): RegExp {
  const tokens = segment.matchAll(/\[([!^]?)(\]?(?:\[:\w+:\]|\\.|[^\]])*)\]|\\(.)|(.)/gsu)
  const text = [...tokens].map(([, not, set, escaped, plain]) => {
    if (set !== undefined) return `[${not === '' ? '' : '^'}${translateSet(set)}]`
    if (plain === '*') return '.*'
    if (plain === '?') return '.'
    return quote(escaped ?? plain ?? '')
  })
  return new RegExp(`^${segment.startsWith('.') ? '' : '(?!\\.)'}${text.join('')}$`, 'su')
}

/** Translates the inside of `[...]`: classes, ranges, and characters that stand for themselves. */
function translateSet(set: string): string {
  const items = set.matchAll(/\[:(\w+):\]|(\\?.)-(\\?.)|\\?(.)/gsu)
  return [...items]
    .map(([, name, first, last, single]) => {
      if (name !== undefined) return CLASSES[name] ?? ''
      if (first === undefined || last === undefined) return quote(single ?? '')
      const [from, to] = [first.at(-1)!, last.at(-1)!]
      return from <= to ? `${quote(from)}-${quote(to)}` : ''
    })
    .join('')
}

function quote(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`
}
