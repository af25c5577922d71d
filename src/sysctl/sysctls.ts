import type { CallOptions } from '../netlink/arguments/call-options.ts'
import { checkFamily } from '../netlink/arguments/check.ts'
import { isTraced, trace } from '../netlink/tracing.ts'
import type { HostTransport } from '../netlink/transport/transport.ts'
import { malformed } from '../netlink/wire/attributes.ts'
import { type AnySysctlValue, checkText, formatValue, parseValue } from './definition.ts'
import {
  type CombinedSysctl,
  computeEffectiveValue,
  findInterfaceSysctl,
  OTHER_SETTING,
} from './effective.ts'
import { isNoSuchSysctl, toSysctlError } from './sysctl-error.ts'
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
  /** Whose sysctl it is, where both families have one of that name. Default `ipv4`. */
  readonly family?: 'ipv4' | 'ipv6' | undefined
}

/**
 * The sysctls of one network namespace: the files below /proc/sys/net. Names are spelled as sysctl(8) does, such as
 * `net.ipv4.conf.all.arp_ignore`; {@link interfaceSysctl} spells those of interfaces.
 *
 * Every call may reject with a `TypeError` or `RangeError` (an argument; nothing was touched) or a {@link SysctlError}
 * (the kernel has no such sysctl, or refuses).
 *
 * @example
 * ```ts
 * await using host = await Host.open()
 * await host.sysctls.set('net.ipv4.conf.all.arp_ignore', 1)
 * await host.sysctls.effective('arp_ignore', 'eth0') // 1 or more, whatever eth0 itself says
 * ```
 */
export class Sysctls {
  readonly #transport: HostTransport

  /** @param transport The way to the host. */
  constructor(transport: HostTransport) {
    this.#transport = transport
  }

  /**
   * Reads a sysctl. A value that only the kernel allows is given as it is.
   *
   * @throws {SysctlError} `ENOENT` there is none; the error says why: ip_vs is not loaded, the kernel is too old, there is
   * no such interface.
   */
  async get<N extends SysctlName>(name: N, { signal }: CallOptions = {}): Promise<SysctlValue<N>> {
    return (await this.#readValue(findKnownSysctl(name), signal)) as SysctlValue<N>
  }

  /** Reads a sysctl; undefined if there is none. */
  async find<N extends SysctlName>(
    name: N,
    { signal }: CallOptions = {},
  ): Promise<SysctlValue<N> | undefined> {
    const sysctl = findKnownSysctl(name)
    return await undefinedIfAbsent(this.#readValue(sysctl, signal) as Promise<SysctlValue<N>>)
  }

  /**
   * Sets a sysctl. Values outside of its range are refused, also those that the kernel would take.
   *
   * @throws {ArgumentRangeError} the value is outside of the range.
   * @throws {SysctlError} `ENOENT` there is none; `EACCES`, `EPERM`, `EROFS` it may not be written; `EINVAL` this kernel does
   * not take the value.
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
   * Reads any sysctl under `net.` as text, without the line feed at its end.
   *
   * @throws {SysctlError} `ENOENT` there is none.
   */
  async getText(name: string, { signal }: CallOptions = {}): Promise<string> {
    return await this.#read(findSysctl(name), signal)
  }

  /** Reads any sysctl under `net.` as text; undefined if there is none. */
  async findText(name: string, { signal }: CallOptions = {}): Promise<string | undefined> {
    return await undefinedIfAbsent(this.#read(findSysctl(name), signal))
  }

  /**
   * Writes any sysctl under `net.`. Only the kernel checks the text: what `getText` has read can be put back, whatever it
   * is.
   *
   * @throws {SysctlError} as {@link Sysctls.set} does.
   */
  async setText(name: string, text: string, { signal }: CallOptions = {}): Promise<void> {
    const sysctl = findSysctl(name)
    await this.#write(sysctl, checkText('text', text), signal)
  }

  /**
   * The value that the kernel acts on for an interface: made of that of `all` and that of the interface as the kernel does
   * (the larger one, either, both, or one alone), and of numbers without a meaning what they act as.
   *
   * @throws {SysctlError} `ENOENT` there is no such interface.
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
    const other = third === undefined ? 0 : ((await undefinedIfAbsent(read(interfaceName, third))) ?? 0)
    return computeEffectiveValue(setting, combined, { all, own, other })
  }

  /**
   * Keeps sysctls for the next boot: writes them to a file of sysctl.d(5), between two lines that mark them as of this
   * name. What else the file holds stays as it is; a block of this name is replaced. The file is replaced as a whole: after
   * a crash it is the old one or the new one. Nothing is set now. The file is that of this process's file system, whatever
   * the network namespace. Those of IPVS are set at boot only if ip_vs is loaded by then (modules-load.d(5)). Of
   * several processes that do this to one file at the same time, the last one wins.
   *
   * @throws {ArgumentTypeError} a name or a value that cannot be kept; a file that is none, or where the end of the block is
   * missing.
   * @throws {SystemError} of the file system.
   */
  async persist(
    values: Readonly<Record<string, AnySysctlValue>>,
    options: PersistOptions = {},
  ): Promise<void> {
    await persistSysctls(values, options)
  }

  /** Takes back what `persist` wrote under this name; the file is then what it was before. Without such a block, nothing. */
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
      const pieces: Uint8Array[] = []
      for await (const piece of this.#transport.readFile(sysctl.path)) {
        signal?.throwIfAborted()
        pieces.push(piece)
      }
      return Buffer.concat(pieces).toString().replace(/\n$/, '')
    })
  }

  async #write(sysctl: Sysctl, text: string, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    await this.#execute('set', sysctl, () => this.#transport.writeFile(sysctl.path, `${text}\n`))
  }

  /** Tells those who listen, and turns what the system says into errors. */
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
      for await (const piece of this.#transport.readFile(path)) void piece
      return true
    } catch {
      return false
    }
  }
}

async function undefinedIfAbsent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (isNoSuchSysctl(error)) return undefined
    throw error
  }
}
