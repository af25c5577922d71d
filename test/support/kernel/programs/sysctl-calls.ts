/** Reads (`NAME`) and sets (`NAME=NUMBER`) sysctls, one after another, and prints the outcome of each, as JSON. */

import { KernelTransport } from '../../../../src/netlink/transport/kernel-transport.ts'
import { Sysctls } from '../../../../src/sysctl/sysctls.ts'

const sysctls = new Sysctls(new KernelTransport())
const endings: object[] = []
for (const call of process.argv.slice(2)) {
  const [name, value] = call.split('=') as ['net.ipv4.ip_forward', string | undefined]
  try {
    endings.push(
      value === undefined
        ? { value: await sysctls.get(name) }
        : { value: await sysctls.set(name, Number(value)) },
    )
  } catch (error) {
    const { code, explanation } = error as Record<string, unknown>
    endings.push({ code, explanation })
  }
}
console.log(JSON.stringify(endings))
