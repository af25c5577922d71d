import type { Network } from '../../route/network.ts'
import type { Ipvs } from '../../state/ipvs.ts'
import type { Sysctls } from '../../sysctl/sysctls.ts'

/**
 * The part of a `Host` that each folder of this room uses. They are interfaces of their own so that no folder imports the
 * class that stands above it, and so that a test can pass an object with these methods only.
 */

/** What reading the facts of a host takes. */
export interface FactsHost {
  readonly netns: string | undefined
  readonly network: Pick<Network, 'links' | 'addresses' | 'routes' | 'neighbours'>
  readonly sysctls: Pick<Sysctls, 'find' | 'findText'>
  ipvs(): Promise<Pick<Ipvs, 'services'>>
}

/** What the roles use of a host. A {@link Host} implements it. */
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
  /** The IPVS of the host. Only a cluster node uses it. */
  ipvs(): Promise<
    Pick<Ipvs, 'service' | 'batch' | 'removeService' | 'daemons' | 'startDaemon' | 'stopDaemon'>
  >
}

/** What the fixes of the doctor use of a host. */
export interface FixHost {
  readonly network: Pick<
    Network,
    'addAddress' | 'removeAddress' | 'addRoute' | 'removeRoute' | 'addLink' | 'updateLink'
  >
  readonly sysctls: Pick<Sysctls, 'set' | 'setText'>
  ipvs(): Promise<
    Pick<
      Ipvs,
      | 'addService'
      | 'updateService'
      | 'removeService'
      | 'addDestination'
      | 'updateDestination'
      | 'removeDestination'
    >
  >
}
