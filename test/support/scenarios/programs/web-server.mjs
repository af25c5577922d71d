/**
 * A web server: `name port...`. It answers every request with its name, the address that it sees the client under, and the
 * number of bytes that it received; on port 443 over TLS, with a key that both sides know, so that no certificate is needed.
 */
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { SHARED_KEY } from './shared-key.mjs'

const [name, ...ports] = process.argv.slice(1)

async function answer(request, response) {
  let bytes = 0
  for await (const piece of request) bytes += piece.length
  const client = request.socket.remoteAddress.replace(/^::ffff:/, '')
  response.writeHead(200, { connection: 'close' }).end(JSON.stringify({ server: name, client, bytes }))
}

const listening = ports.map((port) => {
  const secure = { ...SHARED_KEY, pskCallback: () => SHARED_KEY.psk }
  const server = port === '443' ? createSecureServer(secure, answer) : createServer(answer)
  return new Promise((resolve) => server.listen(Number(port), '::', resolve))
})
await Promise.all(listening)
console.log('ready')
