import type { DestinationKey } from '../../ipvs/model/destination.ts'
import type { DefineCommand } from '../commands.ts'
import { UsageError } from '../io/failure.ts'
import {
  addDestinationArgument,
  addDestinationOptions,
  type DestinationOptions,
  toDestinationChanges,
} from './options/destination-options.ts'
import { addExamples, addServiceArgument } from './options/options.ts'
import { addServiceOptions, type ServiceOptions, toServiceSettings } from './options/service-options.ts'

export const define: DefineCommand = (command, screen) => {
  const service = addServiceArgument(
    command.command('service').description('Change a virtual service. What is not named stays as it is.'),
  )
  addServiceOptions(service)
    .option('--no-persistent', 'end persistence')
    .option('--no-engine', 'end the persistence engine')
    .option('--no-one-packet', 'keep connections')
    .action(async (reference: string, options: ServiceOptions) => {
      const changes = toServiceSettings(options)
      requireChanges('service', changes)
      const ipvs = await screen.open(options.netns)
      await ipvs.updateService(reference, changes)
    })
  addExamples(
    service,
    'lvs set service tcp://192.0.2.1:80 --scheduler wlc',
    'lvs set service tcp://192.0.2.1:80 --no-persistent',
  )

  const destination = addServiceArgument(
    command.command('destination').description('Change a destination. What is not named stays as it is.'),
  )
  addDestinationOptions(addDestinationArgument(destination)).action(
    async (reference: string, key: DestinationKey, options: DestinationOptions) => {
      const changes = toDestinationChanges(key, options)
      requireChanges('destination', toDestinationChanges({ address: '' }, options), 1)
      const ipvs = await screen.open(options.netns)
      await ipvs.updateDestination(reference, changes)
    },
  )
  addExamples(
    destination,
    'lvs set destination tcp://192.0.2.1:80 10.0.0.1 --weight 0',
    'lvs set destination tcp://192.0.2.1:80 10.0.0.1 --upper 1000 --lower 800',
  )
  addExamples(command, 'lvs set destination tcp://192.0.2.1:80 10.0.0.1 --weight 0')
}

function requireChanges(what: string, changes: object, known = 0): void {
  if (Object.keys(changes).length > known) return
  throw new UsageError(`nothing was named that should change; lvs set ${what} --help lists what there is`)
}
