#!/usr/bin/env node
import { basename } from 'node:path'
import { SystemProcess } from './io/system-process.ts'

/** The program name that replaces ipvsadm, and the command with the same function. */
const IPVSADM = 'ipvsadm'

/** Loads only what the command needs: scripts start ipvsadm often, and each run is short. */
async function main([, started = 'lvs', ...words]: readonly string[]): Promise<number> {
  const isLink = basename(started) === IPVSADM
  if (isLink || words[0] === IPVSADM) {
    const { runIpvsadm } = await import('./ipvsadm/ipvsadm.ts')
    const io = new SystemProcess(isLink ? IPVSADM : `lvs ${IPVSADM}`)
    return await runIpvsadm(isLink ? words : words.slice(1), io)
  }
  const { runProgram } = await import('./program.ts')
  return await runProgram(words)
}

main(process.argv).then(
  (status) => {
    process.exitCode = status
  },
  (error: unknown) => {
    new SystemProcess('lvs').printError(
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    )
    process.exitCode = 1
  },
)
