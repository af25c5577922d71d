/** Sysctls of a test's network namespace, with a note of every file that is touched. */

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

/** The running kernel, with a list of what was asked of it. */
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

/** What a program inside of the namespace reads. */
export async function readSysctlFile(namespace: Namespace, path: string): Promise<string> {
  return (await namespace.exec('cat', `/proc/sys/net/${path}`)).replace(/\n$/, '')
}

/** The table of IPVS, name by name. */
export const IPVS_TABLE = Object.entries<SysctlDefinition>(IPVS_SYSCTLS) as [IpvsSysctl, SysctlDefinition][]
