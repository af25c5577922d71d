import type { DestinationKey } from '../../ipvs/model/destination.ts'
import type { DefineCommand } from '../commands.ts'
import { addDestinationArgument } from './options/destination-options.ts'
import { addExamples, addNetnsOption, addServiceArgument, type NetnsOptions } from './options/options.ts'

export const define: DefineCommand = (command, screen) => {
  const service = addServiceArgument(
    command
      .command('service')
      .description('Remove a virtual service with its destinations; their connections are cut off.'),
  )
  addNetnsOption(service).action(async (reference: string, { netns }: NetnsOptions) => {
    const ipvs = await screen.open(netns)
    await ipvs.removeService(reference)
  })
  addExamples(service, 'lvs remove service tcp://192.0.2.1:80')

  const destination = addServiceArgument(
    command
      .command('destination')
      .description('Remove a destination; its connections are cut off. Weight 0 lets them end first.'),
  )
  addNetnsOption(addDestinationArgument(destination)).action(
    async (reference: string, key: DestinationKey, { netns }: NetnsOptions) => {
      const ipvs = await screen.open(netns)
      await ipvs.removeDestination(reference, key)
    },
  )
  addExamples(destination, 'lvs remove destination tcp://192.0.2.1:80 10.0.0.1')
  addExamples(command, 'lvs remove destination tcp://192.0.2.1:80 10.0.0.1')
}
