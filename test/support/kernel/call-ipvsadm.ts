import { runIpvsadm } from '../../../src/cli/ipvsadm/ipvsadm.ts'
import type { CommandResult } from './command/namespace-shell.ts'
import type { Namespace } from './namespace.ts'

/** Runs this library's ipvsadm in this process. */
export async function callIpvsadm(
  { ipvs }: Pick<Namespace, 'ipvs'>,
  words: readonly string[],
  input = '',
): Promise<CommandResult> {
  let [stdout, stderr] = ['', '']
  const status = await runIpvsadm(words, {
    program: 'ipvsadm',
    input: (async function* () {
      yield Buffer.from(input)
    })(),
    print: (text) => {
      stdout += text
    },
    printError: (text) => {
      stderr += `${text}\n`
    },
    open: () => Promise.resolve(ipvs),
  })
  return { status, stdout, stderr }
}
