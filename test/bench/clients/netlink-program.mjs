// node netlink-program.mjs OPERATION SERVICES DESTINATIONS CAP The package netlink, which does not support IPVS: attributes are
// encoded by hand, with one command per request.
import { createRequire } from 'node:module'
import { measure } from '../measure.mjs'
import { commandsOf } from '../rules.mjs'
import { COMMANDS, FAMILY, payloadOf, readDestination } from './netlink-attributes.mjs'

const { createGenericNetlink, FlagsGet, genl } = createRequire(
  new URL('../peers/package.json', import.meta.url),
)('netlink')

const [operation, ...numbers] = process.argv.slice(2)
const [services, destinations, cap] = numbers.map(Number)
const socket = createGenericNetlink()
const found = await socket.ctrlRequest(genl.Commands.GET_FAMILY, { familyName: FAMILY.name })
const { familyId } = found[0]

const ask = (command, data, flags = 0) => socket.request(familyId, command, FAMILY.version, data, { flags })

/** The services, and the destinations of the first `cap`. */
async function read() {
  const [messages] = await ask(COMMANDS.getService, [], FlagsGet.DUMP)
  const table = []
  for (const { data } of messages.slice(0, cap)) {
    const [replies] = await ask(COMMANDS.getDestination, [data], FlagsGet.DUMP)
    table.push(replies.map((reply) => readDestination(reply.data)))
  }
  return table
}

const commands = operation === 'read' ? [] : commandsOf(operation, { services, destinations }).slice(0, cap)
const { sample, result } = await measure(async () => {
  for (const command of commands) await ask(COMMANDS[command.command], payloadOf(command))
  return operation === 'read' ? await read() : commands
})
console.log(JSON.stringify({ ...sample, commands: result.length }))
