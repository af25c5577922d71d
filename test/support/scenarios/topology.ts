/** The network of a scenario without LVS: hosts in network namespaces, joined by bridges. */

import { makeNamespace, type Namespace } from '../kernel/namespace.ts'
import { shell } from '../kernel/shell.ts'
import { Machine } from './machine.ts'

/** A machine before LVS is set up on it. */
export interface MachinePlan {
  /** Its networks, each with its addresses there. The interfaces are `eth0`, `eth1`, ... in this order. */
  readonly networks: Readonly<Record<string, string | readonly string[]>>
  /** Its default gateways, of either family. */
  readonly gateways?: readonly string[]
  /** Whether it is a router, of both families. */
  readonly router?: boolean
}

/**
 * Makes the machines of a plan for the current test. They are connected one after another, and a bridge delivers a broadcast
 * first to the machine that was connected last.
 */
export async function makeTopology<Plans extends Readonly<Record<string, MachinePlan>>>(
  plans: Plans,
): Promise<Record<keyof Plans, Machine>> {
  const bridges = await makeNamespace()
  const sites: { name: string; plan: MachinePlan; namespace: Namespace }[] = []
  for (const [name, plan] of Object.entries(plans))
    sites.push({ name, plan, namespace: await makeNamespace() })

  const networks = new Set(sites.flatMap(({ plan }) => Object.keys(plan.networks)))
  const cables = sites.flatMap(({ plan, namespace }) => plug(plan, namespace))
  await batch(bridges, [...[...networks].flatMap(bridge), ...cables])

  const machines: Record<string, Machine> = {}
  for (const { name, plan, namespace } of sites) {
    await batch(namespace, configure(plan))
    if (plan.router) await makeRouter(namespace)
    machines[name] = await Machine.boot(name, namespace)
  }
  return machines as Record<keyof Plans, Machine>
}

/** A bridge that forwards at once and floods multicast, so that no test waits for it. */
function bridge(network: string): string[] {
  return [
    `link add ${network} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
    `link set ${network} up`,
  ]
}

function plug({ networks }: MachinePlan, { name: namespace }: Namespace): string[] {
  return Object.keys(networks).flatMap((network, index) => {
    // The part of a namespace's name that is unique within this process.
    const port = `port${index}-${namespace.split('-').at(-1)}`
    return [
      `link add ${port} type veth peer name eth${index} netns ${namespace}`,
      `link set ${port} master ${network} up`,
    ]
  })
}

function configure({ networks, gateways = [] }: MachinePlan): string[] {
  return [
    ...Object.values(networks).flatMap((addresses, index) => [
      ...[addresses].flat().map((address) => `address add ${address} dev eth${index}${noDetection(address)}`),
      `link set eth${index} up`,
    ]),
    ...gateways.map((gateway) => `route add default via ${gateway}`),
  ]
}

/** Skips duplicate address detection of an IPv6 address. */
function noDetection(address: string): string {
  return address.includes(':') ? ' nodad' : ''
}

async function makeRouter(namespace: Namespace): Promise<void> {
  const switches = ['net/ipv4/ip_forward', 'net/ipv6/conf/all/forwarding']
  const script = switches.map((name) => `echo 1 >/proc/sys/${name}`).join('; ')
  await namespace.exec('sh', '-c', script)
}

async function batch(namespace: Namespace, lines: readonly string[]): Promise<void> {
  await shell.run(['ip', '-n', namespace.name, '-batch', '-'], `${lines.join('\n')}\n`)
}
