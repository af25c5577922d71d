import { ArgumentTypeError } from '../../errors.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { checkObject } from '../../netlink/arguments/check.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import { type IpvsCommand, type IpvsSession, writeCommand } from '../commands/command-runner.ts'
import { encodeUsualDestination } from '../layout/destination-layout.ts'
import type { DestinationChanges, DestinationInput, DestinationKey } from '../model/destination.ts'
import { isCompleteDestination } from '../model/destination-changes.ts'
import { copyDestination } from '../model/destination-fields.ts'
import type { ServiceInput, ServiceSettings } from '../model/service.ts'
import type { ServiceReference } from '../model/service-key.ts'
import { IPVS_CMD, IPVS_GENL_VERSION } from '../protocol/uapi.ts'
import {
  addDestination,
  DestinationCommand,
  removeDestination,
  updateDestination,
} from './destination-commands.ts'
import {
  addService,
  flush,
  removeService,
  ServiceCommand,
  ServiceKeyCommand,
  updateService,
  zero,
} from './service-commands.ts'

/** A command of a batch as plain data: the name of a method of {@link Ipvs} and its arguments. */
export type BatchCommand =
  | {
      /** {@link Ipvs.addService}. */
      readonly command: 'addService'
      /** The virtual service to add. */
      readonly service: ServiceInput
    }
  | {
      /** {@link Ipvs.updateService}. */
      readonly command: 'updateService'
      /** The virtual service. */
      readonly service: ServiceReference
      /** The changes. */
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
      /** The destination to add. */
      readonly destination: DestinationInput
    }
  | {
      /** {@link Ipvs.updateDestination}. */
      readonly command: 'updateDestination'
      /** The virtual service. */
      readonly service: ServiceReference
      /** The destination and its changes. */
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
      /** The virtual service. If omitted, all services and the totals. */
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

/** Thrown for a command that must read first, that is rare, or that has an unknown name: {@link callMethod} handles these. */
export const NOT_DIRECT = new Error('The command must be run by its method')

/** Writes a command. For destinations, which are the most frequent, it creates no command object. */
export function encodeBatchCommand(writer: WireWriter, given: BatchCommand): void {
  switch (given?.command) {
    case 'addDestination':
      writer.genericHeader(IPVS_CMD.NEW_DEST, IPVS_GENL_VERSION)
      encodeUsualDestination(writer, given.service, copyDestination(given.destination))
      break
    case 'updateDestination': {
      const destination = copyDestination(given.destination)
      if (!isCompleteDestination(destination)) throw NOT_DIRECT
      writer.genericHeader(IPVS_CMD.SET_DEST, IPVS_GENL_VERSION)
      encodeUsualDestination(writer, given.service, destination)
      break
    }
    default: {
      const command = toDirectCommand(given)
      if (command === undefined) throw NOT_DIRECT
      writeCommand(writer, command)
    }
  }
}

/** Converts a command to the form that errors and traces need. Returns undefined for one that {@link callMethod} handles. */
export function toDirectCommand(given: BatchCommand): IpvsCommand | undefined {
  switch (given?.command) {
    case 'addService':
      return new ServiceCommand(IPVS_CMD.NEW_SERVICE, given.command, given.service, given.service)
    case 'removeService':
      return new ServiceKeyCommand(IPVS_CMD.DEL_SERVICE, given.command, given.service)
    case 'addDestination':
      return new DestinationCommand(IPVS_CMD.NEW_DEST, given.command, given.service, given.destination)
    case 'updateDestination': {
      const destination = copyDestination(given.destination)
      if (!isCompleteDestination(destination)) return undefined
      return new DestinationCommand(IPVS_CMD.SET_DEST, given.command, given.service, destination)
    }
    case 'removeDestination':
      return new DestinationCommand(IPVS_CMD.DEL_DEST, given.command, given.service, given.destination)
    default:
      return undefined
  }
}

/** Calls the method of a command. */
export function callMethod(session: IpvsSession, given: BatchCommand, options: CallOptions): Promise<void> {
  checkObject('command', given)
  switch (given.command) {
    case 'addService':
      return addService(session, given.service, options)
    case 'updateService':
      return updateService(session, given.service, given.changes, options)
    case 'removeService':
      return removeService(session, given.service, options)
    case 'addDestination':
      return addDestination(session, given.service, given.destination, options)
    case 'updateDestination':
      return updateDestination(session, given.service, given.destination, options)
    case 'removeDestination':
      return removeDestination(session, given.service, given.destination, options)
    case 'zero':
      return zero(session, given.service, options)
    case 'flush':
      return flush(session, options)
    default:
      throw new ArgumentTypeError(
        'command',
        `one of ${NAMES.join(', ')}`,
        (given as { command?: unknown }).command,
      )
  }
}
