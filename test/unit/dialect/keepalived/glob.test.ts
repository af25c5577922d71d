import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expandBraces, glob } from '../../../../src/dialect/keepalived/glob.ts'

const FILES = [
  ...['a.conf', 'b.conf', 'B.conf', '1.conf', '.hidden.conf', 'é.conf', 'a b', 'ab', 'ac', 'a{b,c}'],
  ...['x]y', 'x-y', 'x[1]', '-', ']', '^', '!', 'q\\', 'sub/a.conf'],
]

let directory = ''

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'lvs-glob-'))
  mkdirSync(join(directory, 'sub'))
  for (const name of FILES) writeFileSync(join(directory, name), '')
  symlinkSync('a.conf', join(directory, 'link.conf'))
})

afterAll(() => {
  rmSync(directory, { recursive: true })
})

const find = async (pattern: string) =>
  (await glob(pattern, directory)).map((path) => relative(directory, path))

describe('a pattern', () => {
  // The results of glob(3) in glibc 2.36 with GLOB_BRACE, without directories.
  it.each<[string, string[]]>([
    ['*.conf', ['1.conf', 'B.conf', 'a.conf', 'b.conf', 'link.conf', 'é.conf']],
    ['?.conf', ['1.conf', 'B.conf', 'a.conf', 'b.conf', 'é.conf']],
    ['.h*', ['.hidden.conf']],
    ['[.]hidden.conf', []],
    ['[a-b].conf', ['a.conf', 'b.conf']],
    ['[b-a].conf', []],
    ['[!a].conf', ['1.conf', 'B.conf', 'b.conf', 'é.conf']],
    ['[^a].conf', ['1.conf', 'B.conf', 'b.conf', 'é.conf']],
    ['[[:upper:]].conf', ['B.conf']],
    ['[![:alpha:]é].conf', ['1.conf']],
    ['[]x]*', [']', 'x-y', 'x[1]', 'x]y']],
    ['[]]', [']']],
    ['[!]]', ['!', '-', '^']],
    ['[a-]*', ['-', 'a b', 'a.conf', 'ab', 'ac', 'a{b,c}']],
    ['[a.conf', []],
    ['x[[]1]', ['x[1]']],
    ['x\\[1\\]', ['x[1]']],
    ['x\\[?\\]', ['x[1]']],
    ['q\\\\', ['q\\']],
    ['{b,a}.conf', ['b.conf', 'a.conf']],
    ['{[b],[a1]}.conf', ['b.conf', '1.conf', 'a.conf']],
    ['{a,{b,1}}.conf', ['a.conf', 'b.conf', '1.conf']],
    ['{a}.conf', ['a.conf']],
    ['{nosuch,a.conf}', ['a.conf']],
    ['{1..2}.conf', []],
    ['a{b,c}', ['ab', 'ac']],
    ['a\\{b,c\\}', ['a{b,c}']],
    ['a{,b}*', ['a b', 'a.conf', 'ab', 'ac', 'a{b,c}', 'ab']],
    ['+(a).conf', []],
    ['*/a.conf', ['sub/a.conf']],
    ['**/a.conf', ['sub/a.conf']],
    ['sub/../a.conf', ['a.conf']],
    ['s*', []],
    ['sub', []],
    ['nosuch', []],
    ['nosuch/*', []],
  ])('%s finds what glob(3) finds', async (pattern, expected) => {
    expect(await find(pattern)).toEqual(expected)
  })

  it('may be absolute', async () => {
    expect(await glob(join(directory, '[ab].conf'), '/nosuch')).toEqual([
      join(directory, 'a.conf'),
      join(directory, 'b.conf'),
    ])
  })

  it('works in a directory whose name looks like a pattern', async () => {
    const odd = join(directory, '[x]*')
    mkdirSync(odd)
    writeFileSync(join(odd, 'a.conf'), '')
    expect(await glob('*.conf', odd)).toEqual([join(odd, 'a.conf')])
    rmSync(odd, { recursive: true })
  })
})

describe('braces', () => {
  it.each([
    ['a', ['a']],
    ['a{b', ['a{b']],
    ['a{}b', ['ab']],
    ['{a,b}{c,d}', ['ac', 'ad', 'bc', 'bd']],
    ['\\{a,b\\}', ['\\{a,b\\}']],
  ])('%s expand to every alternative in turn', (pattern, expected) => {
    expect(expandBraces(pattern)).toEqual(expected)
  })
})
