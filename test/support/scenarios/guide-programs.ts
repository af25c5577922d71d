/** The programs of a guide page, run exactly as printed. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { Host } from '../../../src/host/host.ts'
import type { Machine } from './machine.ts'

/** A code block whose first line names the machine that runs it: `// On the director`. */
export interface PageProgram {
  /** The heading above it. */
  readonly heading: string
  /** The machine that runs it: `the director`. */
  readonly where: string
  readonly code: string
}

const SECTION = /^#+ (.*)$|^```ts\n\/\/ On ([\w ]+)([\s\S]*?)^```$/gm

export function programsOf(page: string): PageProgram[] {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/guide', page), 'utf8')
  const programs: PageProgram[] = []
  let heading = ''
  for (const [block, title, where, code] of text.matchAll(SECTION)) {
    if (title !== undefined) heading = title
    else if (where !== undefined && code !== undefined) programs.push({ heading, where, code: `//${code}` })
    else throw new Error(`Unknown block: ${block}`)
  }
  return programs
}

/** Runs a program as a process of a machine would. */
export async function runOn(machine: Machine, { code }: PageProgram): Promise<void> {
  const source = `const program = async (Host) => {\n${code.replaceAll(/^import .*\n/gm, '')}\n}`
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  })
  const program = new Function(`${outputText}\nreturn program`)()
  await program({ open: () => openOn(machine) })
}

/** The result of `Host.open()` on a machine. */
async function openOn({ netns, stateFile }: Machine): Promise<Host> {
  const host = await Host.open({ netns })
  const { director, realServer } = host
  host.director = (options) => director.call(host, { stateFile, ...options })
  host.realServer = (options) => realServer.call(host, { stateFile, ...options })
  return host
}
