import type { CallOptions } from '../netlink/arguments/call-options.ts'
import { checkFamily } from '../netlink/arguments/check.ts'
import { undefinedIfRefused } from '../netlink/refused.ts'
import { isTraced, trace } from '../netlink/tracing.ts'
import type { HostTransport } from '../netlink/transport/transport.ts'
import { malformed } from '../netlink/wire/wire.ts'
import { type AnySysctlValue, checkText, formatValue, parseValue } from './definition.ts'
import { type CombinedSysctl, computeEffectiveValue, OTHER_SETTING } from './effective.ts'
import { findInterfaceSysctl } from './interface-sysctls.ts'
import { toSysctlError } from './sysctl-error.ts'
import { type PersistOptions, persistSysctls, unpersistSysctls } from './sysctl-file.ts'
import {
  checkOneInterface,
  findKnownSysctl,
  findSysctl,
  type KnownSysctl,
  type Sysctl,
  type SysctlName,
  type SysctlValue,
} from './sysctl-name.ts'

/** Options of {@link Sysctls.effective}. */
export interface EffectiveOptions extends CallOptions {
  /** The family, for sysctls that exist for both. Default `ipv4`. */
  readonly family?: 'ipv4' | 'ipv6' | undefined
}

/**
 * The sysctls of a network namespace: the files below /proc/sys/net. Names are written as in sysctl(8), such as
 * `net.ipv4.conf.all.arp_ignore`. {@link interfaceSysctl} returns those of interfaces.
 *
 * Every call may reject with a `TypeError` or `RangeError` (an invalid argument; nothing was changed) or a {@link SysctlError}
 * (the kernel does not have the sysctl, or refused to read or write it).
 *
 * @example
 * ```ts
 * await using host = await Host.open()
 * await host.sysctls.set('net.ipv4.conf.all.arp_ignore', 1)
 * await host.sysctls.effective('arp_ignore', 'eth0') // at least 1, whatever the value of eth0 itself
 * ```
 */
export class Sysctls {
  readonly #transport: HostTransport

  /** @param transport Gives access to the host. */
  constructor(transport: HostTransport) {
    this.#transport = transport
  }

  /**
   * Reads a sysctl. A value outside the range that `set` accepts is returned unchanged.
   *
   * @throws {SysctlError} `ENOENT` the kernel does not have the sysctl; the error explains why: ip_vs is not loaded, the kernel
   * is too old, there is no such interface.
   */
  async get<N extends SysctlName>(name: N, { signal }: CallOptions = {}): Promise<SysctlValue<N>> {
    return (await this.#readValue(findKnownSysctl(name), signal)) as SysctlValue<N>
  }

  /** Reads a sysctl; undefined if the kernel does not have it. */
  async find<N extends SysctlName>(
    name: N,
    { signal }: CallOptions = {},
  ): Promise<SysctlValue<N> | undefined> {
    const sysctl = findKnownSysctl(name)
    return await undefinedIfRefused(this.#readValue(sysctl, signal) as Promise<SysctlValue<N>>, 'ENOENT')
  }

  /**
   * Sets a sysctl. Values outside its range are refused, even if the kernel would accept them.
   *
   * @throws {ArgumentRangeError} if the value is outside the range.
   * @throws {SysctlError} `ENOENT` the kernel does not have the sysctl; `EACCES`, `EPERM`, `EROFS` it is not writable; `EINVAL`
   * this kernel does not accept the value.
   */
  async set<N extends SysctlName>(
    name: N,
    value: SysctlValue<N>,
    { signal }: CallOptions = {},
  ): Promise<void> {
    const sysctl = findKnownSysctl(name)
    await this.#write(sysctl, formatValue(sysctl.name, sysctl.definition, value), signal)
  }

  /**
   * Reads any sysctl below `net.` as text, without the line feed at its end.
   *
   * @throws {SysctlError} `ENOENT` the kernel does not have the sysctl.
   */
  async getText(name: string, { signal }: CallOptions = {}): Promise<string> {
    return await this.#read(findSysctl(name), signal)
  }

  /** Reads any sysctl below `net.` as text; undefined if the kernel does not have it. */
  async findText(name: string, { signal }: CallOptions = {}): Promise<string | undefined> {
    return await undefinedIfRefused(this.#read(findSysctl(name), signal), 'ENOENT')
  }

  /**
   * Writes any sysctl below `net.`. Only the kernel checks the text, so any text that `getText` returned can be written back.
   *
   * @throws {SysctlError} as {@link Sysctls.set} does.
   */
  async setText(name: string, text: string, { signal }: CallOptions = {}): Promise<void> {
    const sysctl = findSysctl(name)
    await this.#write(sysctl, checkText('text', text), signal)
  }

  /**
   * Returns the value that the kernel acts on for an interface. It combines the values of `all` and of the interface as the
   * kernel does (the larger one, either, both, or only one of them). A number without a meaning of its own is replaced by the
   * number that the kernel treats it as.
   *
   * @throws {SysctlError} `ENOENT` no such interface.
   */
  async effective(
    setting: CombinedSysctl,
    interfaceName: string,
    { family = 'ipv4', signal }: EffectiveOptions = {},
  ): Promise<number> {
    checkFamily('family', family)
    const { combined } = findInterfaceSysctl(family, setting)
    checkOneInterface('interfaceName', interfaceName)
    const read = (owner: string, name: string) => {
      const sysctl = findKnownSysctl(`net.${family}.conf.${owner.replaceAll('.', '/')}.${name}`)
      return this.#readValue(sysctl, signal) as Promise<number>
    }
    const own = await read(interfaceName, setting)
    const all = combined === 'interface' ? 0 : await read('all', setting)
    const third = OTHER_SETTING[combined]
    const other =
      third === undefined ? 0 : ((await undefinedIfRefused(read(interfaceName, third), 'ENOENT')) ?? 0)
    return computeEffectiveValue(setting, combined, { all, own, other })
  }

  /**
   * Writes sysctls to a file of sysctl.d(5) for the next boot, in a block of this name between two marker lines. It replaces a
   * previous block of this name and keeps the rest of the file. The file is replaced atomically, even if the system crashes.
   * The current values do not change. The file belongs to the file system of this process, whatever the network namespace.
   * Sysctls of IPVS are set at boot only if ip_vs has been loaded before (modules-load.d(5)). If several processes change a
   * file at the same time, the last one wins.
   *
   * @throws {ArgumentTypeError} if a name or value cannot be persisted, if the path is not a regular file, or if the end line
   * of the block is missing.
   * @throws {SystemError} if a file system call fails.
   */
  async persist(
    values: Readonly<Record<string, AnySysctlValue>>,
    options: PersistOptions = {},
  ): Promise<void> {
    await persistSysctls(values, options)
  }

  /** Removes the block that `persist` wrote under this name, which restores the file. Does nothing if there is no such block. */
  async unpersist(options: PersistOptions = {}): Promise<void> {
    await unpersistSysctls(options)
  }

  async #readValue(sysctl: KnownSysctl, signal: AbortSignal | undefined): Promise<AnySysctlValue> {
    const text = await this.#read(sysctl, signal)
    const value = parseValue(sysctl.definition, text)
    if (value === undefined) throw malformed(`${sysctl.name} holds ${JSON.stringify(text)}`)
    return value
  }

  async #read(sysctl: Sysctl, signal: AbortSignal | undefined): Promise<string> {
    signal?.throwIfAborted()
    return await this.#execute('get', sysctl, async () => {
      const chunks: Uint8Array[] = []
      for await (const chunk of this.#transport.readFile(sysctl.path)) {
        signal?.throwIfAborted()
        chunks.push(chunk)
      }
      return Buffer.concat(chunks).toString().replace(/\n$/, '')
    })
  }

  async #write(sysctl: Sysctl, text: string, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    await this.#execute('set', sysctl, () => this.#transport.writeFile(sysctl.path, `${text}\n`))
  }

  /** Traces the access, and converts system errors. */
  #execute<T>(command: 'get' | 'set', sysctl: Sysctl, act: () => Promise<T>): Promise<T> {
    const run = async () => {
      try {
        return await act()
      } catch (cause) {
        throw await toSysctlError({ command, sysctl, cause, exists: (path) => this.#exists(path) })
      }
    }
    return isTraced() ? trace({ command, subject: sysctl.name }, run) : run()
  }

  async #exists(path: string): Promise<boolean> {
    try {
      for await (const chunk of this.#transport.readFile(path)) void chunk
      return true
    } catch {
      return false
    }
  }
}
