/** Makes every call of a client once and prints each outcome as JSON: by name, `done` or the error. */

import { callEveryMethod } from '../ipvs/call-outcomes.ts'

console.log(JSON.stringify(await callEveryMethod()))
