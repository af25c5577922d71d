import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { Host } from '../../../src/host/host.ts'
import type { ClusterNode } from '../../../src/host/role/cluster-node.ts'
import { makeNamespace, type Namespace } from '../../support/kernel/namespace.ts'
import { connect } from '../../support/kernel/network/network.ts'
import { Client, tally } from '../../support/scenarios/client.ts'
import { makeTopology } from '../../support/scenarios/topology.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')
const VIP = '192.168.79.110'

it('the programs in the failover guide behave as the guide says', async () => {
  const [here, there] = [await makeNamespace(), await makeNamespace()]
  await connect(
    [here, there],
    [
      { mac: '02:00:00:00:00:01', addresses: ['192.168.79.101/24'] },
      { mac: '02:00:00:00:00:02', addresses: ['192.168.79.102/24'] },
    ],
  )
  const blocks = blocksOf('failover.md')
  const [first, status, demote, promote, notify, lease, daemons, pair] = blocks
  expect(blocks).toHaveLength(8)
  const openHere = { open: () => Host.open({ netns: here.path }) }

  const before = await places(here)
  const { host, node } = await program(`${first}; return { host, node }`, { Host: openHere })
  expect(await places(here)).toEqual(before)
  const given = { host, node, console: { log: () => {} } }

  await program(promote!, given)
  expect(await places(here)).toContain('eth0')
  await program(status!, given)
  await program(demote!, given)
  expect(await places(here)).toEqual(['lo'])
  for (const [state, expected] of [
    ['MASTER', ['eth0']],
    ['FAULT', ['lo']],
    ['MASTER', ['eth0']],
    ['BACKUP', ['lo']],
    ['STOP', ['lo']],
  ] as const) {
    const process = { argv: ['node', 'notify.js', 'INSTANCE', 'VI_1', state, '100'] }
    await program(notify!, { ...given, process })
    expect(await places(here)).toEqual(expected)
  }
  await program(lease!, given)
  expect((await (node as ClusterNode).status()).active).toBe(true)
  await (node as ClusterNode).down()

  await program(daemons!, given)
  expect(await here.ipvs.daemons()).toMatchObject([{ role: 'master', interface: 'eth0', syncId: 7 }])
  await program(pair!, given)
  expect(await places(here)).toEqual(before)
  ;(host as Host).close()
})

it('a backup whose VRRP daemon stops keeps serving what the active node schedules to it', async () => {
  const { active, backup, surfer } = await makeTopology({
    active: { networks: { lan: '192.168.79.101/24' } },
    backup: { networks: { lan: '192.168.79.102/24' } },
    surfer: { networks: { lan: '192.168.79.100/24' } },
  })
  await Promise.all([active.serveWeb(80), backup.serveWeb(80)])
  const destinations = ['192.168.79.101', '192.168.79.102'].map(
    (address) => ({ address, forwarding: 'dr' }) as const,
  )
  const services = [{ protocol: 'tcp', address: VIP, port: 80, scheduler: 'rr', destinations }] as const
  const options = { vips: [`${VIP}/24`], interface: 'eth0', services }
  const node = backup.asClusterNode(options)
  await node.up()
  await active.asClusterNode(options).promote()
  const client = await Client.start(surfer)
  const served = async () => tally(await client.servers(`http://${VIP}/`, { times: 20 }))
  expect(await served()).toEqual({ active: 10, backup: 10 })

  const notify = blocksOf('failover.md')[4]!
  await program(notify, { node, process: { argv: ['node', 'notify.js', 'INSTANCE', 'VI_1', 'STOP', '100'] } })
  expect(await served()).toEqual({ active: 10, backup: 10 })
})

it('the failover example keeps connections open', async () => {
  const example = join(root, 'docs/examples/failover.ts')
  const { stdout } = await run(process.execPath, ['--import', 'tsx', example], { cwd: root })
  expect(stdout).toContain('established connections continue, each with its server')
  expect(stdout.trim()).toMatch(/done: failed over without cutting off a connection$/)
})

/** The interfaces with the virtual address. */
async function places(node: Namespace): Promise<string[]> {
  const lines = (await node.ip('-o', 'address', 'show')).split('\n').filter((line) => line.includes(VIP))
  return lines.map((line) => line.split(/\s+/)[1]!)
}

function blocksOf(page: string): string[] {
  const text = readFileSync(join(root, 'docs/guide', page), 'utf8')
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!)
}

/** Runs a block with its variables; a host that it opens stays open for the next block. */
async function program(code: string, given: Record<string, unknown>): Promise<Record<string, unknown>> {
  const body = code.replaceAll(/^import .*\n/gm, '').replaceAll('await using', 'const')
  const parameters = Object.keys(given).join(', ')
  const { outputText } = ts.transpileModule(`const block = async ({ ${parameters} }) => {\n${body}\n}`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  })
  const block = new Function(`${outputText}; return block`)() as (
    given: Record<string, unknown>,
  ) => Promise<Record<string, unknown> | undefined>
  return (await block(given)) ?? {}
}
