import { ArgumentTypeError } from '../../errors.ts'
import { checkFamily, KnownFields } from '../../netlink/arguments/check.ts'
import { checkInterfaceName } from '../../netlink/arguments/interface-name.ts'
import type { Family } from '../../netlink/wire/address.ts'
import type { TunnelKind } from '../../route/model/tunnel-link.ts'
import { interfaceSysctl } from '../../sysctl/sysctl-name.ts'
import type { RoleHost } from '../facts/host-access.ts'
import { DEVICE, LINK } from '../resource/network-resources.ts'
import { SYSCTL } from '../resource/sysctl-resources.ts'
import { ensure, type RoleItem } from './role-item.ts'

/** The tunnel interface on which a real server receives packets. */
export interface TunnelEndpoint {
  /**
   * `ipip` for IP in IP, and for `gue`, whose packets a port of the kernel module fou decapsulates first
   * (`ip fou add port 6080 gue`). `gre` for GRE. Default: `ipip`.
   */
  readonly type?: 'ipip' | 'gre' | undefined
  /** Family of the outer packet, which is that of the real server's own address. Default: that of the virtual address. */
  readonly family?: Family | undefined
  /**
   * Name of an existing tunnel interface. Default: the interface of the kernel that accepts packets from any address: `tunl0`
   * (IPv4 in IPv4), `sit0` (IPv6 in IPv4), `gre0` or `ip6gre0`. For IP in IPv6 the kernel has none, so the role creates
   * `lvs-ip6tnl`.
   */
  readonly device?: string | undefined
}

/** The interface on which decapsulated packets of a family arrive. */
export interface TunnelDevice {
  readonly name: string
  /** Absent for an interface named in the options, which must exist. */
  readonly kind?: TunnelKind
  /** Whether the kernel creates it with the module. Otherwise the role creates it. */
  readonly createdByKernel: boolean
}

const KNOWN_FIELDS = new KnownFields(['type', 'family', 'device'])

/** Checks the options of a tunnel. */
export function checkTunnelEndpoint(tunnel: TunnelEndpoint | undefined): TunnelEndpoint {
  if (tunnel === undefined) return {}
  KNOWN_FIELDS.check('tunnel', tunnel)
  const { type, family, device } = tunnel
  if (type !== undefined && type !== 'ipip' && type !== 'gre') {
    throw new ArgumentTypeError('tunnel.type', "'ipip' (also for gue) or 'gre'", type)
  }
  if (family !== undefined) checkFamily('tunnel.family', family)
  if (device !== undefined) checkInterfaceName('tunnel.device', device)
  return tunnel
}

/** Determines the interface on which decapsulated packets of a family arrive. */
export function resolveTunnelDevice(
  inner: Family,
  { type = 'ipip', family: outer = inner, device }: TunnelEndpoint,
): TunnelDevice {
  if (device !== undefined) return { name: device, createdByKernel: true }
  if (type === 'gre') {
    return outer === 'ipv4'
      ? { name: 'gre0', kind: 'gre', createdByKernel: true }
      : { name: 'ip6gre0', kind: 'ip6gre', createdByKernel: true }
  }
  if (outer === 'ipv4') {
    return inner === 'ipv4'
      ? { name: 'tunl0', kind: 'ipip', createdByKernel: true }
      : { name: 'sit0', kind: 'sit', createdByKernel: true }
  }
  // The ip6tnl0 of the kernel accepts no packets because it has no remote address (ip6_tnl_rcv_ctl).
  return { name: 'lvs-ip6tnl', kind: 'ip6tnl', createdByKernel: false }
}

/**
 * Loads the module of an interface that the kernel creates. Roles do not undo this: the interface cannot be removed, and other
 * programs do not expect a module to be unloaded.
 */
export async function loadTunnelModule(
  { network }: RoleHost,
  { name, kind, createdByKernel }: TunnelDevice,
): Promise<void> {
  if (kind === undefined || !createdByKernel || (await network.findLink(name)) !== undefined) return
  try {
    await network.ensureLink({ name, kind })
  } catch (error) {
    // The module created the interface when it was loaded, so the request to create it failed.
    if ((await network.findLink(name)) === undefined) throw error
  }
}

/** Items that create the interface if needed, set it up, and make its reverse path filter accept decapsulated packets. */
export async function tunnelItems(
  { sysctls }: RoleHost,
  { name, kind, createdByKernel }: TunnelDevice,
  inner: Family,
  owners: readonly string[],
): Promise<RoleItem[][]> {
  const items: RoleItem[] = [ensure({ handler: LINK, subject: name, value: true, owners })]
  if (inner === 'ipv4') {
    const all = Number(await sysctls.findText(interfaceSysctl('ipv4', 'all', 'rp_filter')))
    items.push(
      ensure({
        handler: SYSCTL,
        subject: interfaceSysctl('ipv4', name, 'rp_filter'),
        // The larger value takes effect: if `all` is strict (1), only 2 (loose) makes this interface loose. The other
        // interfaces keep their filters.
        value: all === 1 ? '2' : '0',
        expected: all === 1 ? '2' : '0 or 2',
        accepts: (current) => current !== null && Math.max(all, Number(current)) !== 1,
        owners,
      }),
    )
  }
  if (createdByKernel || kind === undefined) return [items]
  return [[ensure({ handler: DEVICE, subject: name, value: { kind, external: true }, owners })], items]
}
