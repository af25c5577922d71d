import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { RealServer } from '../../../src/host/role/real-server.ts'
import { makeNode, readHostState } from '../../support/kernel/host/node.ts'
import { makeRole, PROGRAM, ROLE_PLANS, type RolePlan, VIP, VIP6 } from '../../support/kernel/host/roles.ts'
import { loadModules } from '../../support/kernel/modules.ts'
import type { Namespace } from '../../support/kernel/namespace.ts'

// Otherwise the first tunnel would load modules that add interfaces.
await loadModules('ip_vs', 'ip_vs_rr', 'ipip', 'sit', 'ip6_tunnel')

describe.each(Object.entries(ROLE_PLANS))('%s', (_, plan) => {
  it('is applied, does not change at a second up(), and is undone completely', async () => {
    const { node, host, stateFile } = await makeNode()
    const before = await readHostState(node)
    const role = makeRole(host, plan, stateFile)
    expect(wrong(await role.up())).toEqual([])
    const up = await readHostState(node)
    expect(up).not.toEqual(before)
    expect(wrong(await makeRole(host, plan, stateFile).up())).toEqual([])
    expect(await readHostState(node)).toEqual(up)
    expect((await role.down()).ok).toBe(true)
    expect(await readHostState(node)).toEqual(before)
  })

  it('is undone by a new process after kill -9 during its calls', { timeout: 600_000 }, async () => {
    const { node, host, stateFile } = await makeNode()
    const before = await readHostState(node)
    let kills = 0
    for (let at = 0; await isKilledAt(node, plan, stateFile, plan.calls, at); at += plan.stride, kills++) {
      await makeRole(host, plan, stateFile).down()
      expect(await readHostState(node)).toEqual(before)
    }
    expect(kills).toBeGreaterThan(2)
  })

  it('is undone by a new process after kill -9 during down()', {
    timeout: 600_000,
  }, async () => {
    const { node, host, stateFile } = await makeNode()
    const before = await readHostState(node)
    const role = makeRole(host, plan, stateFile)
    await role.up()
    for (let at = 0; await isKilledAt(node, plan, stateFile, 'down', at); at += 2 * plan.stride) {
      await makeRole(host, plan, stateFile).down()
      expect(await readHostState(node)).toEqual(before)
      await role.up()
    }
  })
})

describe('a process that repeats all calls', { timeout: 600_000 }, () => {
  it('is killed at a random moment, and the next one restores everything', async () => {
    const plan = ROLE_PLANS['a node of a cluster']!
    const { node, host, stateFile } = await makeNode()
    const before = await readHostState(node)
    for (let round = 0; round < 3; round++) {
      const program = start(node, plan, stateFile, `${plan.calls},down`, '', 'forever')
      await once(program.stdout!, 'data')
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 1000))
      program.kill('SIGKILL')
      await once(program, 'exit')
      await makeRole(host, plan, stateFile).down()
      expect(await readHostState(node)).toEqual(before)
    }
  })
})

describe('the state before a role', () => {
  it('keeps an address that the role would have added', async () => {
    const { node, host, stateFile } = await makeNode()
    await node.ip('address', 'add', `${VIP}/32`, 'dev', 'lo')
    await node.ip('address', 'add', `${VIP6}/128`, 'dev', 'lo', 'nodad')
    const before = await readHostState(node)
    const role = new RealServer(host, { forwarding: 'dr', vips: [VIP, VIP6], stateFile })
    expect((await role.up()).ok).toBe(true)
    await role.down()
    expect(await readHostState(node)).toEqual(before)
  })

  it('includes addresses and rules that a backup removes and down() restores', async () => {
    const { node, host, stateFile } = await makeNode()
    await node.ip('address', 'add', `${VIP}/24`, 'brd', '+', 'dev', 'eth0', 'label', 'eth0:vip')
    await node.restore([`-A -t ${VIP}:6379 -s wrr -p 60`, `-a -t ${VIP}:6379 -r 192.168.79.102:6379 -g -w 3`])
    const before = await readHostState(node)
    const role = makeRole(host, ROLE_PLANS['a node of a cluster']!, stateFile)
    expect(wrong(await role.up())).toEqual([])
    expect(await node.saved()).toEqual([])
    await role.down()
    expect(await readHostState(node)).toEqual(before)
  })

  it('is not restored if another process has changed it since, and the change is reported', async () => {
    const { node, host, stateFile } = await makeNode()
    const role = new RealServer(host, { forwarding: 'dr', vips: [VIP], stateFile })
    await role.up()
    await host.sysctls.set('net.ipv4.conf.all.arp_ignore', 2)
    const { ok, items } = await role.down()
    expect(ok).toBe(false)
    expect(items.filter((item) => !item.ok)).toEqual([
      { name: 'sysctl net.ipv4.conf.all.arp_ignore', expected: '0', actual: '2', ok: false },
    ])
    expect(await host.sysctls.get('net.ipv4.conf.all.arp_ignore')).toBe(2)
    expect(await node.ip('address', 'show', 'dev', 'lo')).not.toContain(VIP)
  })
})

describe('two processes at once', () => {
  it('apply a role one after the other', async () => {
    const { node, host, stateFile } = await makeNode()
    const before = await readHostState(node)
    const plan = ROLE_PLANS['a node of a cluster']!
    const programs = ['promote', 'demote'].map((call) => start(node, plan, stateFile, call))
    expect(await Promise.all(programs.map(async (program) => (await once(program, 'exit'))[0]))).toEqual([
      0, 0,
    ])
    await makeRole(host, plan, stateFile).down()
    expect(await readHostState(node)).toEqual(before)
  })
})

function wrong({ items }: { items: readonly { name: string; ok: boolean }[] }) {
  return items.filter(({ ok }) => !ok)
}

/** Runs the program. Returns whether it was killed at that change, and did not complete before. */
async function isKilledAt(
  node: Namespace,
  plan: RolePlan,
  stateFile: string,
  calls: string,
  at: number,
): Promise<boolean> {
  const [code, signal] = await once(start(node, plan, stateFile, calls, String(at)), 'exit')
  if (signal !== 'SIGKILL') expect(code).toBe(0)
  return signal === 'SIGKILL'
}

function start(node: Namespace, plan: RolePlan, stateFile: string, ...args: string[]) {
  const words = [PROGRAM, node.path, stateFile, JSON.stringify(plan), ...args]
  return spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
}
