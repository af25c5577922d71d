import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const page = readFileSync(join(ROOT, 'docs/overview.md'), 'utf8')

/** The classes with a section of their own, by the entry that exports them. */
const CLASSES = {
  'src/index.ts': ['Ipvs', 'Plan', 'Reconciler'],
  'src/host/index.ts': ['Host', 'Network', 'Sysctls', 'RealServer', 'Director', 'ClusterNode'],
  'src/testing/index.ts': ['SimulatedKernel'],
}
const checker = createChecker()

it.each(Object.entries(CLASSES).flatMap(([entry, names]) => names.map((name) => [name, entry] as const)))(
  'the overview lists every public member of %s, and no other',
  (name, entry) => {
    expect(membersListed(name)).toEqual(membersDeclared(name, entry))
  },
)

/** The members in the table below the heading of a class. */
function membersListed(name: string): string[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${name}\n`)) ?? ''
  const rows = [...section.matchAll(/^\| \[`(?:\w+\.)?(\w+)/gm)]
  return rows.map(([, member]) => member!).toSorted()
}

/** The members of a class that a program can use, static and inherited ones included. */
function membersDeclared(name: string, entry: string): string[] {
  const file = checker.program.getSourceFile(join(ROOT, entry))!
  const exports = checker.getExportsOfModule(checker.getSymbolAtLocation(file)!)
  const exported = exports.find((symbol) => symbol.name === name)!
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
  const members = [
    ...checker.getDeclaredTypeOfSymbol(symbol).getProperties(),
    ...checker.getTypeOfSymbol(symbol).getProperties(),
  ]
  return members
    .filter((member) => member.declarations !== undefined && isPublic(member))
    .map((member) => member.name)
    .filter((member) => /^\w+$/.test(member) && !member.startsWith('__') && member !== 'prototype')
    .toSorted()
}

function isPublic(member: ts.Symbol): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected
  return (
    member.getJsDocTags().every((tag) => tag.name !== 'internal') &&
    member.declarations!.every(
      (declaration) => (ts.getCombinedModifierFlags(declaration as ts.Declaration) & hidden) === 0,
    )
  )
}

function createChecker() {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, ROOT)
  const program = ts.createProgram(
    Object.keys(CLASSES).map((entry) => join(ROOT, entry)),
    options,
  )
  return Object.assign(program.getTypeChecker(), { program })
}
