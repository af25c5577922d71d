/** Makes every call of a client once and prints how each ended, as JSON: by name, `done` or the error. */

import { callEveryMethod } from '../ipvs/call-outcomes.ts'

console.log(JSON.stringify(await callEveryMethod()))
