/** A host of a scenario. */

import type { ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { Host } from '../../../src/host/host.ts'
import type { ClusterNode, ClusterNodeOptions } from '../../../src/host/role/cluster-node.ts'
import type { Director, DirectorOptions } from '../../../src/host/role/director.ts'
import type { RealServer, RealServerOptions } from '../../../src/host/role/real-server.ts'
import type { Ipvs } from '../../../src/index.ts'
import type { Namespace } from '../kernel/namespace.ts'
import { waitUntil } from '../kernel/until.ts'

/** The Node.js programs of scenarios. */
const PROGRAMS = join(import.meta.dirname, 'programs')

export class Machine {
  readonly name: string
  /** Path of its network namespace. */
  readonly netns: string
  readonly #namespace: Namespace
  /** The machine as the library's Host: addresses, routes, sysctls, roles. */
  readonly host: Host
  /** The state file of its roles; machines share a file system. */
  readonly stateFile: string

  private constructor(name: string, namespace: Namespace, host: Host) {
    this.name = name
    this.netns = namespace.path
    this.#namespace = namespace
    this.host = host
    this.stateFile = `/run/${namespace.name}.json`
  }

  static async boot(name: string, namespace: Namespace): Promise<Machine> {
    const host = await Host.open({ netns: namespace.path })
    const machine = new Machine(name, namespace, host)
    onTestFinished(async () => {
      host.close()
      rmSync(machine.stateFile, { force: true })
    })
    return machine
  }

  /** Its IPVS. */
  get ipvs(): Ipvs {
    return this.#namespace.ipvs
  }

  /** Makes it a real server. */
  async asRealServer(options: RealServerOptions): Promise<RealServer> {
    const role = this.host.realServer({ stateFile: this.stateFile, ...options })
    expect(await role.up()).toMatchObject({ ok: true })
    return role
  }

  /** Makes it a director; services are added separately. */
  async asDirector(options: DirectorOptions): Promise<Director> {
    const role = this.host.director({ stateFile: this.stateFile, ...options })
    expect(await role.up()).toMatchObject({ ok: true })
    return role
  }

  /** Makes it a cluster node: a real server that becomes the director when it is promoted. */
  asClusterNode(options: ClusterNodeOptions): ClusterNode {
    return this.host.clusterNode({ stateFile: this.stateFile, ...options })
  }

  /** Runs a program on it and returns the output. */
  run(program: string, ...args: string[]): Promise<string> {
    return this.#namespace.exec(program, ...args)
  }

  /** Starts one of the programs in `programs/`, and waits for its first line. */
  startScript(file: string, ...args: string[]): Promise<ChildProcess> {
    return this.#namespace.start(`import(${JSON.stringify(join(PROGRAMS, file))})`, ...args)
  }

  /** Starts a server and waits until it listens on a TCP port. */
  async startServer(port: number, program: string, ...args: string[]): Promise<void> {
    const server = this.#namespace.spawn(program, ...args)
    server.stdout.resume()
    const listeners = await waitUntil(
      () => this.run('ss', '-Hltn', `sport = :${port}`),
      (sockets) => sockets !== '' || server.exitCode !== null,
    )
    if (listeners === '') throw new Error(`${program} does not listen on port ${port}`)
  }

  /** Starts a web server that answers with the name of this machine. */
  async serveWeb(...ports: number[]): Promise<void> {
    await this.startScript('web-server.mjs', this.name, ...ports.map(String))
  }

  /** The MAC address of one of its interfaces. */
  async linkAddress(interfaceName = 'eth0'): Promise<string | undefined> {
    return (await this.host.network.findLink(interfaceName))?.address
  }

  /** The MAC address that it has resolved for an address on its network. */
  async neighbour(address: string): Promise<string | undefined> {
    const neighbours = await this.host.network.neighbours()
    return neighbours.find((neighbour) => neighbour.address === address)?.linkAddress
  }

  /** Flushes its neighbour table, as if the entries had expired. */
  async forgetNeighbours(): Promise<void> {
    await this.#namespace.ip('neighbour', 'flush', 'all')
  }
}
