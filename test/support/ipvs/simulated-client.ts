import { onTestFinished } from 'vitest'
import { IpvsClient } from '../../../src/ipvs/ipvs-client.ts'
import type { StateInput } from '../../../src/testing/kernel/kernel-state.ts'
import { SimulatedKernel, type SimulatedKernelOptions } from '../../../src/testing/simulated-kernel.ts'

/** A client of a simulated kernel that has some rules already. The test that runs closes it. */
export async function openClient(
  state: StateInput = {},
  options: SimulatedKernelOptions = {},
): Promise<{ ipvs: IpvsClient; kernel: SimulatedKernel }> {
  const kernel = new SimulatedKernel(options)
  kernel.setState(state)
  const ipvs = await IpvsClient.open({ transport: kernel })
  onTestFinished(() => ipvs.close())
  return { ipvs, kernel }
}

/** The commands of IPVS that a kernel received, in their order. */
export function commandsOf({ log }: SimulatedKernel): string[] {
  return log.requests.map(({ command }) => String(command)).filter((command) => command !== 'GETFAMILY')
}
