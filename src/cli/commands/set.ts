import type { DestinationKey } from '../../ipvs/model/destination.ts'
import { UsageError } from '../io/failure.ts'
import { addExamples, addServiceArgument, type DefineCommand } from './options/command-options.ts'
import {
  addDestinationArgument,
  addDestinationOptions,
  type DestinationOptions,
  toDestinationChanges,
} from './options/destination-options.ts'
import { addServiceOptions, type ServiceOptions, toServiceSettings } from './options/service-options.ts'
import { warnOfDestination, warnOfService } from './output/warn-of-service.ts'

export const define: DefineCommand = (command, terminal) => {
  const service = addServiceArgument(
    command.command('service').description('Change a virtual service. Only the given settings change.'),
  )
  addServiceOptions(service)
    .option('--no-persistent', 'disable persistence')
    .option('--no-engine', 'disable the persistence engine')
    .option('--no-one-packet', 'schedule connections, not single packets')
    .action(async (reference: string, options: ServiceOptions) => {
      const changes = toServiceSettings(options)
      requireChanges('service', changes)
      const ipvs = await terminal.open(options.netns)
      await ipvs.updateService(reference, changes)
      await warnOfService(ipvs, reference, terminal)
    })
  addExamples(
    service,
    'lvs set service tcp://192.0.2.1:80 --scheduler wlc',
    'lvs set service tcp://192.0.2.1:80 --no-persistent',
  )

  const destination = addServiceArgument(
    command.command('destination').description('Change a destination. Only the given settings change.'),
  )
  addDestinationOptions(addDestinationArgument(destination)).action(
    async (reference: string, key: DestinationKey, options: DestinationOptions) => {
      const changes = toDestinationChanges(key, options)
      requireChanges('destination', toDestinationChanges({ address: '' }, options), 1)
      const ipvs = await terminal.open(options.netns)
      await ipvs.updateDestination(reference, changes)
      if (key.port !== undefined || changes.weight === 0)
        await warnOfDestination(ipvs, reference, key, terminal)
    },
  )
  addExamples(
    destination,
    'lvs set destination tcp://192.0.2.1:80 10.0.0.1 --weight 0',
    'lvs set destination tcp://192.0.2.1:80 10.0.0.1 --upper 1000 --lower 800',
  )
  addExamples(command, 'lvs set destination tcp://192.0.2.1:80 10.0.0.1 --weight 0')
}

function requireChanges(kind: string, changes: object, known = 0): void {
  if (Object.keys(changes).length > known) return
  throw new UsageError(`nothing to change; lvs set ${kind} --help lists the options`)
}
