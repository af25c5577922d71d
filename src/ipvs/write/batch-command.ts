import { ArgumentTypeError } from '../../errors.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { checkObject } from '../../netlink/arguments/check.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import type { IpvsSession } from '../commands/client.ts'
import type { IpvsCommand } from '../commands/commands.ts'
import {
  type DestinationChanges,
  type DestinationInput,
  type DestinationKey,
  isCompleteDestination,
} from '../model/destination.ts'
import type { ServiceInput, ServiceSettings } from '../model/service.ts'
import { writeServiceIdentity } from '../model/service-identity.ts'
import type { ServiceReference } from '../model/service-key.ts'
import { IPVS_CMD } from '../protocol/uapi.ts'
import {
  addDestination,
  DestinationCommand,
  encodeDestination,
  encodeDestinationKey,
  removeDestination,
  updateDestination,
} from './destination-commands.ts'
import {
  addService,
  encodeService,
  flush,
  removeService,
  ServiceCommand,
  ServiceKeyCommand,
  updateService,
  zero,
} from './service-commands.ts'

/** A command of a batch as plain data: the name of a method of {@link Ipvs} with its arguments. */
export type BatchCommand =
  | {
      /** {@link Ipvs.addService}. */
      readonly command: 'addService'
      /** The virtual service to be made. */
      readonly service: ServiceInput
    }
  | {
      /** {@link Ipvs.updateService}. */
      readonly command: 'updateService'
      /** The virtual service. */
      readonly service: ServiceReference
      /** What changes. */
      readonly changes: ServiceSettings
    }
  | {
      /** {@link Ipvs.removeService}. */
      readonly command: 'removeService'
      /** The virtual service. */
      readonly service: ServiceReference
    }
  | {
      /** {@link Ipvs.addDestination}. */
      readonly command: 'addDestination'
      /** The virtual service. */
      readonly service: ServiceReference
      /** The destination to be made. */
      readonly destination: DestinationInput
    }
  | {
      /** {@link Ipvs.updateDestination}. */
      readonly command: 'updateDestination'
      /** The virtual service. */
      readonly service: ServiceReference
      /** The destination with what changes. */
      readonly destination: DestinationChanges
    }
  | {
      /** {@link Ipvs.removeDestination}. */
      readonly command: 'removeDestination'
      /** The virtual service. */
      readonly service: ServiceReference
      /** The destination. */
      readonly destination: DestinationKey
    }
  | {
      /** {@link Ipvs.zero}. */
      readonly command: 'zero'
      /** The virtual service; without one all and the totals. */
      readonly service?: ServiceReference | undefined
    }
  | {
      /** {@link Ipvs.flush}. */
      readonly command: 'flush'
    }

const NAMES = [
  ...['addService', 'updateService', 'removeService'],
  ...['addDestination', 'updateDestination', 'removeDestination'],
  ...['zero', 'flush'],
]

/** The commands that go to the kernel as they are. What has to be read for first, or is rare, is to be {@link callMethod}ed. */
const DIRECT = {
  addService: IPVS_CMD.NEW_SERVICE,
  removeService: IPVS_CMD.DEL_SERVICE,
  addDestination: IPVS_CMD.NEW_DEST,
  updateDestination: IPVS_CMD.SET_DEST,
  removeDestination: IPVS_CMD.DEL_DEST,
} as const

export type DirectCommand = Extract<BatchCommand, { readonly command: keyof typeof DIRECT }>

/** The kernel's number of a command that goes to it as it is; 0 for any other. */
export function directCommandNumber(given: BatchCommand): number {
  // Name by name: a look into the table by a name that varies takes V8 as long as half of the command.
  switch (given?.command) {
    case 'updateDestination':
      return isCompleteDestination(given.destination) ? DIRECT.updateDestination : 0
    case 'addDestination':
      return DIRECT.addDestination
    case 'removeDestination':
      return DIRECT.removeDestination
    case 'addService':
      return DIRECT.addService
    case 'removeService':
      return DIRECT.removeService
    default:
      return 0
  }
}

/** Checks and writes the attributes of a command. */
export function encodeDirectCommand(writer: WireWriter, given: DirectCommand): void {
  const { command, service } = given
  if (command === 'addDestination' || command === 'updateDestination') {
    encodeDestination(writer, service, given.destination as DestinationInput)
  } else if (command === 'removeDestination') {
    encodeDestinationKey(writer, service, given.destination)
  } else if (command === 'addService') {
    encodeService(writer, service, given.service)
  } else {
    writeServiceIdentity(writer, service)
  }
}

/** The same for an error about it, or to send it again. */
export function toCommand(client: IpvsSession, given: DirectCommand): IpvsCommand {
  const { command, service } = given
  if (command === 'removeService') return new ServiceKeyCommand(DIRECT[command], command, service)
  if (command === 'addService') return new ServiceCommand(DIRECT[command], command, service, given.service)
  return new DestinationCommand(client, DIRECT[command], command, service, given.destination)
}

/** Calls the method that a command names. */
export function callMethod(client: IpvsSession, given: BatchCommand, options: CallOptions): Promise<void> {
  checkObject('command', given)
  switch (given.command) {
    case 'addService':
      return addService(client, given.service, options)
    case 'updateService':
      return updateService(client, given.service, given.changes, options)
    case 'removeService':
      return removeService(client, given.service, options)
    case 'addDestination':
      return addDestination(client, given.service, given.destination, options)
    case 'updateDestination':
      return updateDestination(client, given.service, given.destination, options)
    case 'removeDestination':
      return removeDestination(client, given.service, given.destination, options)
    case 'zero':
      return zero(client, given.service, options)
    case 'flush':
      return flush(client, options)
    default:
      throw new ArgumentTypeError(
        'command',
        `one of ${NAMES.join(', ')}`,
        (given as { command?: unknown }).command,
      )
  }
}
