import type { DestinationInput, DestinationKey } from '../../ipvs/model/destination.ts'
import { parseService } from '../../ipvs/model/service-key.ts'
import type { Define } from '../commands.ts'
import {
  type DestinationOptions,
  destinationChanges,
  takesDestination,
  takesDestinationOptions,
} from './options/destination-options.ts'
import { showsExamples, takesService } from './options/options.ts'
import { type ServiceOptions, serviceSettings, takesServiceOptions } from './options/service-options.ts'

export const define: Define = (command, screen) => {
  const service = takesService(command.command('service').description('Add a virtual service.'))
  takesServiceOptions(service).action(async (reference: string, options: ServiceOptions) => {
    const input = { ...parseService(reference), ...serviceSettings(options) }
    const ipvs = await screen.open(options.netns)
    await ipvs.addService(input)
  })
  showsExamples(
    service,
    'lvs add service tcp://192.0.2.1:80',
    'lvs add service tcp://192.0.2.1:443 --scheduler wrr --persistent 600 --mask 24',
    'lvs add service fwmark://7/ipv6 --scheduler sh --flags sh-port',
  )

  const destination = takesService(command.command('destination').description('Add a destination.'))
  takesDestinationOptions(takesDestination(destination)).action(
    async (reference: string, key: DestinationKey, options: DestinationOptions) => {
      const input = { forwarding: 'dr', ...destinationChanges(key, options) } as DestinationInput
      const ipvs = await screen.open(options.netns)
      await ipvs.addDestination(reference, input)
    },
  )
  showsExamples(
    destination,
    'lvs add destination tcp://192.0.2.1:80 10.0.0.1',
    'lvs add destination tcp://192.0.2.1:80 10.0.0.1:8080 --forwarding nat --weight 2',
    'lvs add destination tcp://192.0.2.1:80 10.0.0.1 --tunnel gue:6080 --checksum remote',
  )
  showsExamples(
    command,
    'lvs add service tcp://192.0.2.1:80',
    'lvs add destination tcp://192.0.2.1:80 10.0.0.1',
  )
}
