/** Makes every call of a network once and prints each outcome as JSON: by name, `done` or the error. */

import { Network } from '../../../../src/route/network.ts'
import { CHANGES, READS } from '../network/network-calls.ts'

const network = await Network.open()
const endings: Record<string, unknown> = {}
for (const [name, call] of Object.entries({ ...READS, ...CHANGES })) {
  try {
    await call(network)
    endings[name] = 'done'
  } catch (error) {
    const { message, code, errno, command } = error as Record<string, unknown>
    endings[name] = { message, code, errno, command }
  }
}
console.log(JSON.stringify(endings))
network.close()
