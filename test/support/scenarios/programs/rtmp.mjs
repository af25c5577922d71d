/**
 * The publishing side of RTMP, to the extent that a streaming server requires: the handshake, `connect`, `createStream`,
 * `publish`, and some sound. Adobe's Real Time Messaging Protocol 1.0; values are written in AMF 0.
 */
import { once } from 'node:events'
import { connect } from 'node:net'

const HANDSHAKE = 1536
const MESSAGE = { setChunkSize: 1, audio: 8, command: 20 }
/** Both sides begin with chunks of this size. */
const CHUNK = 128

/** Publishes a stream. Resolves with the connection when the server has started to accept the stream. */
export async function publish({ from, to, port, app, name }) {
  const socket = connect({ host: to, port, localAddress: from })
  socket.setTimeout(10_000, () =>
    socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
  )
  await once(socket, 'connect')
  // Later errors become visible because data does not arrive.
  socket.on('error', () => {})
  const bytes = new Bytes(socket)

  const greeting = Buffer.alloc(1 + HANDSHAKE)
  greeting[0] = 3
  socket.write(greeting)
  const answer = await bytes.take(1 + 2 * HANDSHAKE)
  socket.write(answer.subarray(1, 1 + HANDSHAKE))

  const commands = readCommands(bytes)
  const url = `rtmp://${to}:${port}/${app}`
  socket.write(message(MESSAGE.command, 0, amf('connect', 1, { app, type: 'nonprivate', tcUrl: url })))
  await answered(commands, '_result')
  socket.write(message(MESSAGE.command, 0, amf('createStream', 2, null)))
  await answered(commands, '_result')
  socket.write(message(MESSAGE.command, 1, amf('publish', 3, null, name, 'live')))
  await answered(commands, 'onStatus', 'NetStream.Publish.Start')
  for (let n = 0; n < 4; n++) socket.write(message(MESSAGE.audio, 1, Buffer.alloc(400, 0x2f)))
  socket.setTimeout(0)
  return socket
}

/** Waits for a command that contains these words. */
async function answered(commands, ...words) {
  for (;;) {
    const { value: command } = await commands.next()
    if (words.every((word) => command.includes(word))) return
    if (/error|reject|failed/i.test(command)) throw new Error(`the server answered ${command}`)
  }
}

/** A message in chunks: a full header on the first, one byte on the following chunks. */
function message(type, stream, payload) {
  const header = Buffer.alloc(12)
  header[0] = 3
  header.writeUIntBE(payload.length, 4, 3)
  header[7] = type
  header.writeUInt32LE(stream, 8)
  const parts = [header]
  for (let at = 0; at < payload.length; at += CHUNK) {
    if (at > 0) parts.push(Buffer.of(0xc3))
    parts.push(payload.subarray(at, at + CHUNK))
  }
  return Buffer.concat(parts)
}

/** The commands that a server sends, as text including the AMF bytes between the words. */
async function* readCommands(bytes) {
  let chunk = CHUNK
  const channels = new Map()
  for (;;) {
    const [first] = await bytes.take(1)
    const id = first & 63
    const channel = channels.get(id) ?? { left: 0, length: 0, type: 0, parts: [] }
    channels.set(id, channel)
    const header = await bytes.take([11, 7, 3, 0][first >> 6])
    if (header.length >= 7) {
      channel.length = header.readUIntBE(3, 3)
      channel.type = header[6]
    }
    if (channel.left === 0) channel.left = channel.length
    const part = await bytes.take(Math.min(chunk, channel.left))
    channel.parts.push(part)
    channel.left -= part.length
    if (channel.left > 0) continue
    const payload = Buffer.concat(channel.parts.splice(0))
    if (channel.type === MESSAGE.setChunkSize) chunk = payload.readUInt32BE()
    if (channel.type === MESSAGE.command) yield payload.toString('latin1')
  }
}

function amf(...values) {
  return Buffer.concat(values.map(amfValue))
}

function amfValue(value) {
  if (value === null) return Buffer.of(5)
  if (typeof value === 'number') {
    const number = Buffer.alloc(9)
    number.writeDoubleBE(value, 1)
    return number
  }
  if (typeof value === 'string') return Buffer.concat([Buffer.of(2), amfText(value)])
  const fields = Object.entries(value).flatMap(([name, field]) => [amfText(name), amfValue(field)])
  return Buffer.concat([Buffer.of(3), ...fields, Buffer.of(0, 0, 9)])
}

function amfText(text) {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(text.length)
  return Buffer.concat([length, Buffer.from(text)])
}

/** The bytes that a socket receives, any number at a time. */
class Bytes {
  #rest = Buffer.alloc(0)
  #wake = () => {}
  #ended = false

  constructor(socket) {
    socket.on('data', (piece) => {
      this.#rest = Buffer.concat([this.#rest, piece])
      this.#wake()
    })
    socket.on('close', () => {
      this.#ended = true
      this.#wake()
    })
  }

  async take(count) {
    while (this.#rest.length < count) {
      if (this.#ended) throw Object.assign(new Error('the server hung up'), { code: 'ECONNRESET' })
      await new Promise((resolve) => {
        this.#wake = resolve
      })
    }
    const taken = this.#rest.subarray(0, count)
    this.#rest = this.#rest.subarray(count)
    return taken
  }
}
