#!/usr/bin/env node
import { basename } from 'node:path'
import { SystemProcess } from './io/system-process.ts'

/** Under this name the program is a drop-in for another; it is also the name of the command that does the same. */
const IPVSADM = 'ipvsadm'

/** Nothing is loaded that a command does not need: ipvsadm is short-lived, and started often. */
async function main([, started = 'lvs', ...words]: readonly string[]): Promise<number> {
  const isLink = basename(started) === IPVSADM
  if (isLink || words[0] === IPVSADM) {
    const { runIpvsadm: ipvsadm } = await import('./ipvsadm/ipvsadm.ts')
    const surroundings = new SystemProcess(isLink ? IPVSADM : `lvs ${IPVSADM}`)
    return await ipvsadm(isLink ? words : words.slice(1), surroundings)
  }
  const { run: face } = await import('./main.ts')
  return await face(words)
}

main(process.argv).then(
  (status) => {
    process.exitCode = status
  },
  (error: unknown) => {
    console.error(error)
    process.exitCode = 1
  },
)
