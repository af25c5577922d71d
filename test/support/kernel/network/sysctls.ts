/** Sysctls of a test's network namespace, with a record of every file access. */

import { KernelTransport } from '../../../../src/netlink/transport/kernel-transport.ts'
import type {
  HostTransport,
  NetlinkProtocol,
  NetlinkSocket,
} from '../../../../src/netlink/transport/transport.ts'
import type { SysctlDefinition } from '../../../../src/sysctl/definition.ts'
import { IPVS_SYSCTLS, type IpvsSysctl } from '../../../../src/sysctl/ipvs-sysctls.ts'
import { Sysctls } from '../../../../src/sysctl/sysctls.ts'
import type { Namespace } from '../namespace.ts'

/** A transport to the running kernel that records its calls. */
export class RecordingTransport implements HostTransport {
  readonly #kernel: KernelTransport
  readonly read: string[] = []
  readonly written: string[] = []

  constructor(netns: string) {
    this.#kernel = new KernelTransport({ netns })
  }

  open(protocol: NetlinkProtocol): Promise<NetlinkSocket> {
    return this.#kernel.open(protocol)
  }

  readFile(path: string): AsyncIterable<Uint8Array> {
    this.read.push(path)
    return this.#kernel.readFile(path)
  }

  writeFile(path: string, text: string): Promise<void> {
    this.written.push(path)
    return this.#kernel.writeFile(path, text)
  }

  sendFrame(interfaceIndex: number, frame: Uint8Array): Promise<void> {
    return this.#kernel.sendFrame(interfaceIndex, frame)
  }
}

/** The sysctls of a namespace. */
export function sysctlsOf({ path }: Namespace): { sysctls: Sysctls; transport: RecordingTransport } {
  const transport = new RecordingTransport(path)
  return { sysctls: new Sysctls(transport), transport }
}

/** The value that a program inside the namespace reads. */
export async function readSysctlFile(namespace: Namespace, path: string): Promise<string> {
  return (await namespace.exec('cat', `/proc/sys/net/${path}`)).replace(/\n$/, '')
}

/** The sysctls of IPVS with their definitions. */
export const IPVS_TABLE = Object.entries<SysctlDefinition>(IPVS_SYSCTLS) as [IpvsSysctl, SysctlDefinition][]
