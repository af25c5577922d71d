import { ArgumentTypeError } from '../../errors.ts'
import type { BatchCommand } from '../../ipvs/batch-command.ts'
import type { Destination, DestinationInput } from '../../ipvs/destination.ts'
import type { Service, ServiceInput } from '../../ipvs/service.ts'
import { formatService, parseService } from '../../ipvs/service-key.ts'

/** A table as it is saved in JSON and YAML: what can be set, without counters. */
export interface TableDocument {
  readonly services: readonly ServiceDocument[]
}

/** A virtual service of such a table. */
type ServiceDocument = Record<string, unknown> & {
  readonly service: string
  readonly destinations?: readonly Record<string, unknown>[]
}

/** The document of these services. */
export function toDocument(services: readonly Service[]): TableDocument {
  return { services: services.map(serviceDocument) }
}

function serviceDocument(service: Service): ServiceDocument {
  const { scheduler, schedulerFlags, onePacket, persistence, persistenceEngine } = service
  return {
    service: formatService(service),
    scheduler,
    ...(schedulerFlags.length > 0 ? { schedulerFlags } : {}),
    ...(onePacket ? { onePacket } : {}),
    ...(persistence === null ? {} : { persistence }),
    ...(persistenceEngine === null ? {} : { persistenceEngine }),
    destinations: service.destinations.map(destinationDocument),
  }
}

function destinationDocument(destination: Destination): Record<string, unknown> {
  const { address, port, forwarding, tunnel, weight, upperThreshold, lowerThreshold } = destination
  return {
    ...{ address, port, forwarding },
    ...(tunnel === null ? {} : { tunnel }),
    weight,
    ...(upperThreshold === 0 ? {} : { upperThreshold }),
    ...(lowerThreshold === 0 ? {} : { lowerThreshold }),
  }
}

/**
 * The commands that make what a document says. What is in it is checked when it is sent, a service or a destination at a
 * time.
 *
 * @throws {TypeError} when it is no such document.
 */
export function* commandsOf(document: unknown): Generator<BatchCommand> {
  const services = (document as Partial<TableDocument> | null)?.services
  if (!Array.isArray(services)) throw new ArgumentTypeError('the document', '{ services: [...] }', document)
  for (const [index, entry] of (services as readonly ServiceDocument[]).entries()) {
    const { service, destinations = [], ...settings } = entry ?? {}
    if (typeof service !== 'string') {
      throw new ArgumentTypeError(`services[${index}].service`, 'text such as tcp://192.0.2.1:80', service)
    }
    if (!Array.isArray(destinations)) {
      throw new ArgumentTypeError(`services[${index}].destinations`, 'a list', destinations)
    }
    yield { command: 'addService', service: { ...settings, ...parseService(service) } as ServiceInput }
    for (const destination of destinations) {
      yield { command: 'addDestination', service, destination: destination as DestinationInput }
    }
  }
}
