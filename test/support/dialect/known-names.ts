import { type KnownNames, ServiceNames } from '../../../src/dialect/ipvsadm/names/known-names.ts'

const HOSTS: Readonly<Record<string, string | null>> = { web: '192.0.2.7', nowhere: null }
const ports = new ServiceNames('http 80/tcp www # HyperText\nhttp-alt 8080/tcp\ndomain\t53/udp\n')

/** A machine that knows the host `web`, the host `nowhere` without an address, and a few ports. */
export const names: KnownNames = {
  addressOf: (host) => HOSTS[host],
  portOf: (name, protocol) => ports.portOf(name, protocol),
}
