import type { DestinationKey } from '../../ipvs/model/destination.ts'
import {
  addExamples,
  addNetnsOption,
  addServiceArgument,
  type DefineCommand,
  type NetnsOptions,
} from './options/command-options.ts'
import { addDestinationArgument } from './options/destination-options.ts'

export const define: DefineCommand = (command, terminal) => {
  const service = addServiceArgument(
    command
      .command('service')
      .description('Remove a virtual service and its destinations. Their connections break.'),
  )
  addNetnsOption(service).action(async (reference: string, { netns }: NetnsOptions) => {
    const ipvs = await terminal.open(netns)
    await ipvs.removeService(reference)
  })
  addExamples(service, 'lvs remove service tcp://192.0.2.1:80')

  const destination = addServiceArgument(
    command
      .command('destination')
      .description(
        'Remove a destination. Its connections break; to let them end first, set its weight to 0.',
      ),
  )
  addNetnsOption(addDestinationArgument(destination)).action(
    async (reference: string, key: DestinationKey, { netns }: NetnsOptions) => {
      const ipvs = await terminal.open(netns)
      await ipvs.removeDestination(reference, key)
    },
  )
  addExamples(destination, 'lvs remove destination tcp://192.0.2.1:80 10.0.0.1')
  addExamples(command, 'lvs remove destination tcp://192.0.2.1:80 10.0.0.1')
}
