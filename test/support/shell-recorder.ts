/** Runs shell commands with programs that only record how they were called. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PROGRAMS = ['ip', 'ipvsadm', 'sysctl', 'modprobe', 'nft', 'iptables-nft', 'cd', 'npm']
/** Ends a call in the record. No argument is this long. */
const END = 'end of this call of a recorded program'

/** The outcome of commands in a shell. */
export interface ShellRecord {
  /** The calls of programs, each with its arguments. */
  readonly calls: readonly (readonly string[])[]
  /** Files that the commands created, which none of the fixes does. */
  readonly litter: readonly string[]
}

/**
 * Runs commands, one per line, whatever their exit status. A value written to a file under /proc/sys is recorded as a call of
 * sysctl(8).
 *
 * @param shell `sh` or `bash`.
 */
export function recordShell(shell: string, commands: string): ShellRecord {
  const folder = mkdtempSync(join(tmpdir(), 'lvs-shell-'))
  try {
    const [programs, work, log] = ['programs', 'work', 'log'].map((name) => join(folder, name))
    mkdirSync(programs!)
    mkdirSync(work!)
    for (const name of PROGRAMS) {
      const text = `#!/bin/sh\nprintf '%s\\0' ${name} "$@" '${END}' >> ${log}\n`
      writeFileSync(join(programs!, name), text, { mode: 0o755 })
    }
    // The shell finds these programs and no others; `id` and `touch` stand for what an attacker would run.
    for (const name of ['id', 'touch']) {
      writeFileSync(join(programs!, name), `#!/bin/sh\necho ran > ${work}/${name}-ran\n`, { mode: 0o755 })
    }
    const redirected = commands.replaceAll(
      /^echo (\S+) > (\$?'?)\/proc\/sys\/(.*)$/gm,
      (_, value, quote, rest) => `sysctl -w ${quote}/proc/sys/${rest}=${value}`,
    )
    execFileSync(`/bin/${shell}`, ['-c', redirected], { cwd: work, env: { PATH: programs }, stdio: 'ignore' })
    const words = readFileSync(log!, 'utf8').split('\0').slice(0, -1)
    return { calls: splitCalls(words), litter: readdirSync(work!) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function splitCalls(words: readonly string[]): string[][] {
  const calls: string[][] = [[]]
  for (const word of words) {
    if (word === END) calls.push([])
    else calls.at(-1)!.push(toSysctlName(word))
  }
  return calls.slice(0, -1)
}

/** `/proc/sys/net/ipv4/conf/a.b/x=1` as `net.ipv4.conf.a/b.x=1`. */
function toSysctlName(word: string): string {
  if (!word.startsWith('/proc/sys/')) return word
  return word
    .slice('/proc/sys/'.length)
    .split('/')
    .map((part) => part.replaceAll('.', '/'))
    .join('.')
}
