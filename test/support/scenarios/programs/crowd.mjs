/**
 * Many clients of a line server: `address port count from...`. Each opens a connection, sends requests from time to time,
 * closes the connection after a while and opens another. Each failure is printed on a separate line. When the input ends, the
 * clients stop, and the last line contains their totals.
 */
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const [host, port, count, ...sources] = process.argv.slice(1)
/** Milliseconds for which every second client keeps its connection; the others keep theirs for a much shorter time. */
const HELD = 1500
const SHORT = 300
/** Maximum milliseconds between two requests. */
const PAUSE = 1000
/** Milliseconds after which an answer counts as missing. */
const PATIENCE = 8000

const done = { connections: 0, requests: 0, servers: {} }
let going = true

/** One connection from its beginning to its end. Throws the error with the known properties of the connection. */
async function talk(localAddress, milliseconds) {
  const known = { from: localAddress, port: 0, server: undefined, since: Date.now() }
  const socket = connect({ host, port: Number(port), localAddress, noDelay: true })
  const fails = new Promise((_, reject) => {
    const fail = (code) => reject(Object.assign(new Error(code), { ...known, code }))
    socket.on('error', ({ code }) => fail(code))
    socket.on('close', () => fail('CLOSED'))
    socket.setTimeout(PATIENCE, () => fail('ETIMEDOUT'))
  })
  // It may fail before it is awaited.
  fails.catch(() => {})
  try {
    await Promise.race([fails, new Promise((resolve) => socket.once('connect', resolve))])
    known.port = socket.localPort
    done.connections++
    for (const end = Date.now() + Math.random() * milliseconds; going && Date.now() < end; ) {
      const answered = new Promise((resolve) => socket.once('data', resolve))
      socket.write('who?\n')
      known.server = String(await Promise.race([fails, answered])).trim()
      done.servers[known.server] = (done.servers[known.server] ?? 0) + 1
      done.requests++
      await Promise.race([fails, pause(Math.random() * PAUSE)])
    }
    socket.setTimeout(0)
    socket.removeAllListeners('close')
    await new Promise((resolve) => socket.once('close', resolve).end())
  } finally {
    socket.destroy()
  }
}

async function client(index) {
  while (going) {
    try {
      await talk(sources[index % sources.length], index % 2 === 0 ? HELD : SHORT)
    } catch ({ code, from, port, server, since }) {
      console.log(JSON.stringify({ code, from, port, server, since, at: Date.now() }))
    }
  }
}

process.stdin.on('end', () => {
  going = false
})
process.stdin.resume()
console.log('ready')
await Promise.all(Array.from({ length: Number(count) }, (_, index) => client(index)))
console.log(JSON.stringify(done))
