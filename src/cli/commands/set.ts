import type { DestinationKey } from '../../ipvs/model/destination.ts'
import type { Define } from '../commands.ts'
import {
  type DestinationOptions,
  destinationChanges,
  takesDestination,
  takesDestinationOptions,
} from './options/destination-options.ts'
import { Mistake } from '../io/failure.ts'
import { showsExamples, takesService } from './options/options.ts'
import { type ServiceOptions, serviceSettings, takesServiceOptions } from './options/service-options.ts'

export const define: Define = (command, screen) => {
  const service = takesService(
    command.command('service').description('Change a virtual service. What is not named stays as it is.'),
  )
  takesServiceOptions(service)
    .option('--no-persistent', 'end persistence')
    .option('--no-engine', 'end the persistence engine')
    .option('--no-one-packet', 'keep connections')
    .action(async (reference: string, options: ServiceOptions) => {
      const changes = serviceSettings(options)
      checkNamed('service', changes)
      const ipvs = await screen.open(options.netns)
      await ipvs.updateService(reference, changes)
    })
  showsExamples(
    service,
    'lvs set service tcp://192.0.2.1:80 --scheduler wlc',
    'lvs set service tcp://192.0.2.1:80 --no-persistent',
  )

  const destination = takesService(
    command.command('destination').description('Change a destination. What is not named stays as it is.'),
  )
  takesDestinationOptions(takesDestination(destination)).action(
    async (reference: string, key: DestinationKey, options: DestinationOptions) => {
      const changes = destinationChanges(key, options)
      checkNamed('destination', destinationChanges({ address: '' }, options), 1)
      const ipvs = await screen.open(options.netns)
      await ipvs.updateDestination(reference, changes)
    },
  )
  showsExamples(
    destination,
    'lvs set destination tcp://192.0.2.1:80 10.0.0.1 --weight 0',
    'lvs set destination tcp://192.0.2.1:80 10.0.0.1 --upper 1000 --lower 800',
  )
  showsExamples(command, 'lvs set destination tcp://192.0.2.1:80 10.0.0.1 --weight 0')
}

function checkNamed(what: string, changes: object, known = 0): void {
  if (Object.keys(changes).length > known) return
  throw new Mistake(`nothing was named that should change; lvs set ${what} --help lists what there is`)
}
