import type { Network } from '../../route/network.ts'
import type { Ipvs } from '../../state/ipvs.ts'
import type { Sysctls } from '../../sysctl/sysctls.ts'
import type { FirewallFacts } from './firewall.ts'

/**
 * The parts of a `Host` that the folders of this directory use. They are separate interfaces so that no folder imports the
 * `Host` class, which imports the folders, and so that a test can pass an object with only these methods.
 */

/** The parts of a host that reading its facts requires. */
export interface FactsHost {
  readonly netns: string | undefined
  readonly network: Pick<Network, 'links' | 'addresses' | 'routes' | 'neighbours'>
  readonly sysctls: Pick<Sysctls, 'find' | 'findText'>
  ipvs(): Promise<Pick<Ipvs, 'services'>>
  /** Reads the rules of its packet filters. Absent: they are not known. */
  firewall?(signal?: AbortSignal): Promise<FirewallFacts | null>
}

/** The parts of a host that roles use. A {@link Host} implements it. */
export interface RoleHost {
  /** Path of the network namespace. Undefined: the namespace of the process. */
  readonly netns: string | undefined
  /** Links, addresses and routes. */
  readonly network: Pick<
    Network,
    | 'links'
    | 'findLink'
    | 'updateLink'
    | 'ensureLink'
    | 'ensureNoLink'
    | 'addresses'
    | 'ensureAddress'
    | 'ensureNoAddress'
    | 'routes'
    | 'ensureRoute'
    | 'ensureNoRoute'
    | 'announce'
  >
  /** Kernel settings. */
  readonly sysctls: Pick<Sysctls, 'findText' | 'setText'>
  /** The IPVS of the host. A cluster node changes it; the status of a director reads it where it is loaded. */
  ipvs(): Promise<
    Pick<Ipvs, 'service' | 'services' | 'batch' | 'removeService' | 'daemons' | 'startDaemon' | 'stopDaemon'>
  >
}

/** The parts of a host that the fixes of the doctor use. */
export interface FixHost {
  readonly network: Pick<
    Network,
    'addAddress' | 'removeAddress' | 'addRoute' | 'removeRoute' | 'addLink' | 'updateLink'
  >
  readonly sysctls: Pick<Sysctls, 'set' | 'setText'>
  ipvs(): Promise<
    Pick<
      Ipvs,
      | 'services'
      | 'addService'
      | 'updateService'
      | 'removeService'
      | 'addDestination'
      | 'updateDestination'
      | 'removeDestination'
    >
  >
}
