import type { Register } from './register.ts'
import { ADDRESS } from './register-address.ts'
import { DAEMON } from './register-daemon.ts'
import { DEVICE } from './register-device.ts'
import { FORWARDING } from './register-forwarding.ts'
import { LINK } from './register-link.ts'
import { ROUTE } from './register-route.ts'
import { SERVICE } from './register-service.ts'
import { SYSCTL } from './register-sysctl.ts'

/** Every kind of thing that a role changes, by the name under which the state file has it. */
export const REGISTERS: ReadonlyMap<string, Register> = new Map(
  [SYSCTL, FORWARDING, ADDRESS, ROUTE, LINK, DEVICE, SERVICE, DAEMON].map((register) => [
    register.kind,
    register,
  ]),
)
