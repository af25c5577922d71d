import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { release } from 'node:os'
import { promisify } from 'node:util'
import type { FirewallChain, FirewallFacts } from './firewall.ts'
import { parseIptablesRules } from './iptables-rules.ts'
import { parseNftRules } from './nft-rules.ts'

const run = promisify(execFile)
/** Where these programs are, also if the PATH of the process lacks the folders of root. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
const LIMITS = { timeout: 5000, maxBuffer: 64 * 2 ** 20 } as const

interface Source {
  readonly command: readonly string[]
  readonly parse: (text: string) => FirewallChain[]
  /** The module without which there are no rules. A program that finds none may load it. */
  readonly module: string
}

function iptablesSave(program: string, variant: 'nft' | 'legacy'): Source {
  const [family] = program.split('tables')
  return {
    command: [`${program}-${variant}-save`],
    parse: (text) => parseIptablesRules(text, `${program}-${variant}`),
    module: variant === 'nft' ? 'nf_tables' : `${family}_tables`,
  }
}

const SOURCES: readonly Source[] = [
  { command: ['nft', '-j', 'list', 'ruleset'], parse: parseNftRules, module: 'nf_tables' },
  ...['iptables', 'ip6tables'].flatMap((name) => [iptablesSave(name, 'nft'), iptablesSave(name, 'legacy')]),
]

/**
 * Reads the rules of the packet filters of a network namespace with nft(8) and iptables-save(8), those of them that are
 * installed. Programs are not run for a packet filter that is not loaded. `null` if nothing could be read, for example without
 * root.
 */
export async function readFirewall(
  netns: string | undefined,
  signal?: AbortSignal,
): Promise<FirewallFacts | null> {
  const modules = await readModuleNames()
  const sources = SOURCES.filter(({ module }) => modules.has(module))
  if (sources.length === 0) return { chains: [] }
  const results = await Promise.all(sources.map((source) => readSource(source, netns, signal)))
  const read = results.filter((chains) => chains !== undefined)
  return read.length === 0 ? null : { chains: read.flat() }
}

async function readSource(
  { command, parse }: Source,
  netns: string | undefined,
  signal: AbortSignal | undefined,
): Promise<FirewallChain[] | undefined> {
  const [program = '', ...words] =
    netns === undefined ? command : ['nsenter', `--net=${netns}`, '--', ...command]
  try {
    const { stdout } = await run(program, words, {
      ...LIMITS,
      env: { ...process.env, PATH, LC_ALL: 'C' },
      signal,
    })
    return parse(stdout)
  } catch {
    // The program is not installed, has no permission, or prints something else.
    signal?.throwIfAborted()
    return undefined
  }
}

/** Names of the loaded and built-in modules. */
async function readModuleNames(): Promise<Set<string>> {
  const read = (path: string) => readFile(path, 'utf8').catch(() => '')
  const [loaded, builtIn] = await Promise.all([
    read('/proc/modules'),
    read(`/lib/modules/${release()}/modules.builtin`),
  ])
  const names = builtIn.split('\n').map((line) => /([^/]+)\.ko/.exec(line)?.[1]?.replaceAll('-', '_') ?? '')
  return new Set([...loaded.split('\n').map((line) => line.split(' ')[0]!), ...names])
}
