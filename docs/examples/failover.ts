/**
 * Two nodes that are both real servers, one of them the director, and what happens to established connections when the
 * other one becomes the director.
 *
 * ```text
 *   client 192.168.79.10 ──┐
 *   left            .101 ──┤ bridge     VIP 192.168.79.110: on eth0 of the active node,
 *   right           .102 ──┘            hidden on lo of the other
 * ```
 *
 * Needs root and a kernel with IPVS; `npm run lab -- node --import tsx docs/examples/failover.ts` provides both.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { ClusterNode, Host } from '@lvs/netlink/host'
import { Hosts, type Host as Machine } from './hosts.ts'

const VIP = '192.168.79.110'
const ADDRESSES = { left: '192.168.79.101', right: '192.168.79.102' } as const

/** The server answers every line with its name; the client keeps a connection open and sends it lines. */
const SERVER = `
  require('net').createServer((socket) => {
    socket.on('data', () => socket.write(process.argv[1] + '\\n')).on('error', () => {})
  }).listen(7, '0.0.0.0', () => console.log('listening'))`
const CLIENT = `
  const socket = require('net').connect(7, process.argv[1])
  socket.on('data', (text) => process.stdout.write(text)).on('error', ({ code }) => { console.error(code); process.exit(1) })
  process.stdin.on('data', (text) => socket.write(text))`

await using hosts = new Hosts()
const programs: ChildProcess[] = []
process.on('exit', () => {
  for (const program of programs) program.kill()
})

step('a client and two nodes with a server each')
const client = await hosts.add('client', '192.168.79.10/24')
const left = await nodeOf(await hosts.add('left', `${ADDRESSES.left}/24`))
const right = await nodeOf(await hosts.add('right', `${ADDRESSES.right}/24`))

step('both up: two backups; then left is promoted')
await right.up()
await left.up()
await left.promote()
expect((await left.status()).active && !(await right.status()).active, 'left is active, right is not')

step('the client opens two connections')
const connections = [await connect(), await connect()] as const
const before = [await ask(connections[0]), await ask(connections[1])]
console.log(`    ${before.join(' ')}`)
expect(before.toSorted().join() === 'left,right', 'each node serves one of them')

step('left is demoted, right is promoted')
await synchronised()
await quiet()
await left.demote()
await right.promote()
expect((await right.status()).ok && (await left.status()).ok, 'every item is ok on both')

step('the client uses its connections again and opens two more')
const after = [await ask(connections[0]), await ask(connections[1])]
expect(after.join() === before.join(), 'established connections continue, each with its server')
const more = [await ask(await connect()), await ask(await connect())]
expect(more.toSorted().join() === 'left,right', 'new connections are shared')

step('both down')
await right.down()
await left.down()
step('done: failed over without cutting off a connection')
for (const program of programs) program.kill()

/** A node that is a real server and can be the director; the options are the same on both. */
async function nodeOf(machine: Machine): Promise<ClusterNode> {
  await start(machine, SERVER, machine.name)
  const host = await Host.open({ netns: machine.netns })
  return new ClusterNode(host, {
    vips: [`${VIP}/24`],
    interface: 'eth0',
    services: [
      {
        protocol: 'tcp',
        address: VIP,
        port: 7,
        scheduler: 'rr',
        destinations: Object.values(ADDRESSES).map((address) => ({ address, forwarding: 'dr' }) as const),
      },
    ],
    sync: { interface: 'eth0', syncId: 7 },
    stateFile: `/run/${machine.namespace}.json`,
  })
}

/** Starts a Node.js program on a machine. */
function spawnOn(machine: Machine, script: string, ...args: string[]): ChildProcess {
  const words = ['netns', 'exec', machine.namespace, process.execPath, '-e', script, ...args]
  const program = spawn('ip', words, { stdio: ['pipe', 'pipe', 'inherit'] })
  programs.push(program)
  return program
}

async function start(machine: Machine, script: string, ...args: string[]): Promise<void> {
  await once(spawnOn(machine, script, ...args).stdout!, 'data')
}

/** A connection of the client: the program that keeps it open, and the lines that it prints. */
interface Connection {
  readonly program: ChildProcess
  readonly answers: AsyncIterator<string>
}

async function connect(): Promise<Connection> {
  const program = spawnOn(client, CLIENT, VIP)
  return { program, answers: createInterface(program.stdout!)[Symbol.asyncIterator]() }
}

/** Sends a line over a connection and returns the answer. */
async function ask({ program, answers }: Connection): Promise<string> {
  program.stdin!.write('who are you?\n')
  const { value, done } = await answers.next()
  if (done) throw new Error('the connection ended or could not be opened')
  return value
}

/** Uses the connections until the backup knows both: a connection is synchronised with its third packet at the latest. */
async function synchronised(): Promise<void> {
  await using host = await Host.open({ netns: `/run/netns/right-${process.pid}` })
  for (;;) {
    const known: string[] = []
    for await (const { virtual } of (await host.ipvs()).connections()) known.push(virtual.address)
    if (known.length === 2) return
    for (const connection of connections) await ask(connection)
  }
}

/**
 * Waits until the client has acknowledged all data, which it does within 200 ms (TCP_DELACK_MAX, tcp.h). Between its
 * demotion and the promotion of the new node, the old node resets connections to another server when packets arrive.
 */
async function quiet(): Promise<void> {
  await sleep(500)
}

function step(description: string): void {
  console.log(`==> ${description}`)
}

function expect(holds: boolean, claim: string): void {
  if (!holds) throw new Error(`expected: ${claim}`)
  console.log(`    ok: ${claim}`)
}
