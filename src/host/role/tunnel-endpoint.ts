import { ArgumentTypeError } from '../../errors.ts'
import { checkFamily } from '../../netlink/arguments/check.ts'
import { checkInterfaceName } from '../../netlink/arguments/interface-name.ts'
import { KnownFields } from '../../netlink/arguments/known-fields.ts'
import type { Family } from '../../netlink/wire/address.ts'
import type { TunnelKind } from '../../route/model/tunnel-link.ts'
import { interfaceSysctl } from '../../sysctl/sysctl-name.ts'
import { DEVICE } from '../resource/device.ts'
import { LINK } from '../resource/link.ts'
import type { RoleHost } from '../resource/resource-handler.ts'
import { SYSCTL } from '../resource/sysctl.ts'
import { ensure, type RoleItem } from './role-item.ts'

/** The end of the tunnel that a real server takes packets from. */
export interface TunnelEndpoint {
  /**
   * `ipip` IP in IP, also for `gue`, which a port of the kernel's module fou unpacks before (`ip fou add port 6080 gue`);
   * `gre`. Default `ipip`.
   */
  readonly type?: 'ipip' | 'gre' | undefined
  /** Address family of the outer packet: that of the real server's own address. Default: that of the virtual address. */
  readonly family?: Family | undefined
  /**
   * A tunnel interface that is there. Default: the one that takes packets from anywhere, which the kernel has for each kind:
   * `tunl0` (IPv4 in IPv4), `sit0` (IPv6 in IPv4), `gre0`, `ip6gre0`; in IPv6, where it has none that takes anything,
   * `lvs-ip6tnl` is made.
   */
  readonly device?: string | undefined
}

/** The interface that packets for addresses of a family come out of. */
export interface TunnelDevice {
  readonly name: string
  /** Absent for one that was named: it is there or it is not. */
  readonly kind?: TunnelKind
  /** Whether the kernel has it of itself, with the module; if not, it is made. */
  readonly createdByKernel: boolean
}

const KNOWN_FIELDS = new KnownFields(['type', 'family', 'device'])

/** Checks the end of a tunnel. */
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

/** Finds the interface that packets for addresses of a family come out of. */
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
  // The kernel's own ip6tnl0 takes nothing: nobody has said which addresses it may take from (ip6_tnl_rcv_ctl).
  return { name: 'lvs-ip6tnl', kind: 'ip6tnl', createdByKernel: false }
}

/**
 * Makes the kernel load the module of an interface that comes with it. This is not taken back: neither can the interface be
 * removed, nor do other programs expect a module to go.
 */
export async function loadTunnelModule(
  { network }: RoleHost,
  { name, kind, createdByKernel: ownByKernel }: TunnelDevice,
): Promise<void> {
  if (kind === undefined || !ownByKernel || (await network.findLink(name)) !== undefined) return
  try {
    await network.ensureLink({ name, kind })
  } catch (error) {
    // The module came with the interface, and the kernel then found that it was asked to make it once more.
    if ((await network.findLink(name)) === undefined) throw error
  }
}

/** That the interface is there, is up, and does not drop what comes out of it. */
export async function tunnelItems(
  { sysctls }: RoleHost,
  { name, kind, createdByKernel: ownByKernel }: TunnelDevice,
  inner: Family,
  claims: readonly string[],
): Promise<RoleItem[][]> {
  const items: RoleItem[] = [ensure({ handler: LINK, subject: name, value: true, owners: claims })]
  if (inner === 'ipv4') {
    const all = Number(await sysctls.findText(interfaceSysctl('ipv4', 'all', 'rp_filter')))
    items.push(
      ensure({
        handler: SYSCTL,
        subject: interfaceSysctl('ipv4', name, 'rp_filter'),
        // The larger of the two counts: beside a strict `all` only 2, loose, keeps this interface from being strict, and the
        // others keep what they have.
        value: all === 1 ? '2' : '0',
        expected: all === 1 ? '2' : '0 or 2',
        accepts: (found) => found !== null && Math.max(all, Number(found)) !== 1,
        owners: claims,
      }),
    )
  }
  if (ownByKernel || kind === undefined) return [items]
  return [
    [ensure({ handler: DEVICE, subject: name, value: { kind, external: true }, owners: claims })],
    items,
  ]
}
