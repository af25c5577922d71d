/** Answers every line that it is sent with its name: `name port`. */
import { createServer } from 'node:net'

const [name, port] = process.argv.slice(1)

const server = createServer((socket) => {
  socket.setNoDelay()
  socket.on('data', (lines) => {
    for (const byte of lines) if (byte === 10) socket.write(`${name}\n`)
  })
  socket.on('error', () => {})
})
server.listen({ port: Number(port), host: '::', backlog: 1024 }, () => console.log('ready'))
