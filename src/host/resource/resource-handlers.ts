import { DAEMON, SERVICE } from './ipvs-resources.ts'
import { ADDRESS, DEVICE, LINK, ROUTE } from './network-resources.ts'
import type { ResourceHandler } from './resource-handler.ts'
import { FORWARDING, SYSCTL } from './sysctl-resources.ts'
import { WHOLE_NETWORK } from './whole-network-resource.ts'

/** All resources that roles change, by the kind in the state file. */
export const RESOURCE_HANDLERS: ReadonlyMap<string, ResourceHandler> = new Map(
  [SYSCTL, FORWARDING, ADDRESS, WHOLE_NETWORK, ROUTE, LINK, DEVICE, SERVICE, DAEMON].map((handler) => [
    handler.kind,
    handler,
  ]),
)
