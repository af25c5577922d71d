import { ipvsadm } from '../../../src/cli/ipvsadm/ipvsadm.ts'
import type { Outcome } from './command/namespace-shell.ts'
import type { Namespace } from './namespace.ts'

/** Runs this library's ipvsadm without a process of its own. */
export async function callIpvsadm(
  { ipvs }: Pick<Namespace, 'ipvs'>,
  words: readonly string[],
  input = '',
): Promise<Outcome> {
  let [stdout, stderr] = ['', '']
  const status = await ipvsadm(words, {
    program: 'ipvsadm',
    input: (async function* () {
      yield Buffer.from(input)
    })(),
    print: (text) => {
      stdout += text
    },
    complain: (text) => {
      stderr += `${text}\n`
    },
    open: () => Promise.resolve(ipvs),
  })
  return { status, stdout, stderr }
}
