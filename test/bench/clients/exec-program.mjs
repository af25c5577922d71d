// node exec-program.mjs OPERATION SERVICES DESTINATIONS CAP A Node.js program without a library: it runs ipvsadm once per rule,
// and awaits each run.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { measure } from '../measure.mjs'
import { argumentsOf } from '../rules.mjs'

const [operation, ...numbers] = process.argv.slice(2)
const [services, destinations, cap] = numbers.map(Number)
const ipvsadm = promisify(execFile).bind(undefined, 'ipvsadm')

async function read() {
  const { stdout } = await ipvsadm(['-L', '-n'], { maxBuffer: 1 << 28 })
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/ +/))
    .filter(([first]) => first === 'TCP')
}

const rules = operation === 'read' ? [] : argumentsOf(operation, { services, destinations }).slice(0, cap)
const { sample, result } = await measure(async () => {
  for (const words of rules) await ipvsadm(words)
  return operation === 'read' ? await read() : rules
})
console.log(JSON.stringify({ ...sample, commands: result.length }))
