// Ends the process at the given stage with code 7, by process.exit or by an uncaught error.
import { dumps, FRAME, load, OPTIONS } from './setup.mjs'

const [stage, way, netns] = process.argv.slice(2)
const end = {
  exit: () => process.exit(7),
  throw: () => {
    process.exitCode = 7
    process.once('uncaughtException', () => process.exit(7))
    throw new Error('uncaught')
  },
}[way]

const stages = {
  loaded: () => load(),
  opening: () => void load().openSocket(OPTIONS),
  'opening elsewhere': () => void load().openSocket({ ...OPTIONS, netns }),
  'opening many': () => {
    for (let i = 0; i < 50; i += 1) void load().openSocket({ ...OPTIONS, netns })
  },
  'failing to open': () => void load().openSocket({ ...OPTIONS, netns: '/missing' }),
  'opening a file': () => void load().openFile('/proc/net/dev', 0, netns),
  'sending a frame': () => void load().sendFrame(1, FRAME, netns),
  opened: () => load().openSocket(OPTIONS),
  exchanging: async () => void (await load().openSocket(OPTIONS)).exchange(...dumps(500)),
  'exchanging many': async () => {
    for (let i = 0; i < 20; i += 1) void (await load().openSocket(OPTIONS)).exchange(...dumps(100))
  },
  exchanged: async () => (await load().openSocket(OPTIONS)).exchange(...dumps(1)),
  'closed while exchanging': async () => {
    const socket = await load().openSocket(OPTIONS)
    void socket.exchange(...dumps(500))
    socket.close()
  },
  closed: async () => (await load().openSocket(OPTIONS)).close(),
  'in a promise callback': async () => {
    await (await load().openSocket(OPTIONS)).exchange(...dumps(2)).then(end)
  },
}
await stages[stage]()
end()
