import { ADDRESS } from './address.ts'
import { DAEMON } from './daemon.ts'
import { DEVICE } from './device.ts'
import { FORWARDING } from './forwarding.ts'
import { LINK } from './link.ts'
import type { ResourceHandler } from './resource-handler.ts'
import { ROUTE } from './route.ts'
import { SERVICE } from './service.ts'
import { SYSCTL } from './sysctl.ts'

/** Every kind of thing that a role changes, by the name under which the state file has it. */
export const RESOURCE_HANDLERS: ReadonlyMap<string, ResourceHandler> = new Map(
  [SYSCTL, FORWARDING, ADDRESS, ROUTE, LINK, DEVICE, SERVICE, DAEMON].map((register) => [
    register.kind,
    register,
  ]),
)
