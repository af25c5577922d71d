/** Makes every call of a client once and prints how each ended, as JSON: by name, `done` or the error. */

import { Ipvs } from '../../../src/index.ts'
import { CALLS } from '../calls.ts'

const probed = await Ipvs.probe()
const ipvs = await Ipvs.open()
const endings = Object.entries(CALLS).map(async ([name, call]) => {
  try {
    await call(ipvs)
    return [name, 'done']
  } catch (error) {
    const { message, code, errno, command, subject } = error as Record<string, unknown>
    return [name, { message, code, errno, command, subject }]
  }
})
const { available } = probed
const reason = probed.available ? undefined : probed.reason
console.log(
  JSON.stringify({ probed: { available, reason }, endings: Object.fromEntries(await Promise.all(endings)) }),
)
ipvs.close()
