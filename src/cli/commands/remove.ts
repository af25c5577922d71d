import type { DestinationKey } from '../../ipvs/model/destination.ts'
import type { Define } from '../commands.ts'
import { takesDestination } from './options/destination-options.ts'
import { type NetnsOptions, showsExamples, takesNetns, takesService } from './options/options.ts'

export const define: Define = (command, screen) => {
  const service = takesService(
    command
      .command('service')
      .description('Remove a virtual service with its destinations; their connections are cut off.'),
  )
  takesNetns(service).action(async (reference: string, { netns }: NetnsOptions) => {
    const ipvs = await screen.open(netns)
    await ipvs.removeService(reference)
  })
  showsExamples(service, 'lvs remove service tcp://192.0.2.1:80')

  const destination = takesService(
    command
      .command('destination')
      .description('Remove a destination; its connections are cut off. Weight 0 lets them end first.'),
  )
  takesNetns(takesDestination(destination)).action(
    async (reference: string, key: DestinationKey, { netns }: NetnsOptions) => {
      const ipvs = await screen.open(netns)
      await ipvs.removeDestination(reference, key)
    },
  )
  showsExamples(destination, 'lvs remove destination tcp://192.0.2.1:80 10.0.0.1')
  showsExamples(command, 'lvs remove destination tcp://192.0.2.1:80 10.0.0.1')
}
