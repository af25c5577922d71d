/** A client of services: executes the commands that it reads as JSON lines, and answers each with a line. */
import { request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { publish } from './rtmp.mjs'
import { SHARED_KEY } from './shared-key.mjs'

const held = []

/** One request over a separate connection. */
function fetchOnce({ url, from, bytes }) {
  const secure = url.startsWith('https:')
  const options = { agent: false, localAddress: from, timeout: 10_000, method: bytes > 0 ? 'POST' : 'GET' }
  if (secure) {
    Object.assign(options, SHARED_KEY, {
      pskCallback: () => SHARED_KEY,
      checkServerIdentity: () => undefined,
    })
  }
  return new Promise((resolve, reject) => {
    const outgoing = (secure ? secureRequest : request)(url, options, async (response) => {
      let text = ''
      for await (const piece of response.setEncoding('utf8')) text += piece
      resolve(JSON.parse(text))
    })
    outgoing.on('error', reject)
    outgoing.on('timeout', () => {
      outgoing.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }))
    })
    outgoing.end(Buffer.alloc(bytes))
  })
}

/** The answer to `GET key`: `$length`, and the value on a separate line. */
async function redisGet(host, port, key) {
  const socket = connect({ host, port, signal: AbortSignal.timeout(10_000) })
  let text = ''
  socket.on('connect', () => socket.write(`GET ${key}\r\n`))
  for await (const piece of socket.setEncoding('utf8')) {
    text += piece
    const [, value] = /\r\n(.*)\r\n/.exec(text) ?? []
    if (value !== undefined) return value
  }
  throw new Error(`the server hung up after ${text}`)
}

const actions = {
  /** Sends requests one after another. Returns the outcome of each: the answer, or the code of the error. */
  async fetch({ times, ...one }) {
    const answers = []
    for (let n = 0; n < times; n++) {
      answers.push(await fetchOnce(one).catch((error) => ({ error: error.code ?? error.message })))
    }
    return answers
  },

  /** Asks a Redis server for a value, each time over a separate connection. */
  async redis({ host, port, key, times }) {
    const answers = []
    for (let n = 0; n < times; n++) {
      answers.push(await redisGet(host, port, key).catch((error) => error.code ?? error.message))
    }
    return answers
  },

  /** Publishes live streams and stays connected. */
  async publish({ streams }) {
    const failures = []
    for (const stream of streams) {
      try {
        held.push(await publish(stream))
      } catch (error) {
        failures.push({ stream: stream.name, error: error.code ?? error.message })
      }
    }
    return failures
  },

  async hangUp() {
    for (const socket of held.splice(0)) {
      await new Promise((resolve) => socket.once('close', resolve).end())
    }
    return null
  },
}

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { action, ...what } = JSON.parse(line)
  console.log(JSON.stringify(await actions[action](what)))
})
console.log('ready')
