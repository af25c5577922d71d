import type { DestinationInput, DestinationKey } from '../../ipvs/model/destination.ts'
import { parseService } from '../../ipvs/model/service-key.ts'
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
  const service = addServiceArgument(command.command('service').description('Add a virtual service.'))
  addServiceOptions(service).action(async (reference: string, options: ServiceOptions) => {
    const input = { ...parseService(reference), ...toServiceSettings(options) }
    const ipvs = await terminal.open(options.netns)
    await ipvs.addService(input)
    await warnOfService(ipvs, reference, terminal)
  })
  addExamples(
    service,
    'lvs add service tcp://192.0.2.1:80',
    'lvs add service tcp://192.0.2.1:443 --scheduler wrr --persistent 600 --mask 24',
    'lvs add service fwmark://7/ipv6 --scheduler sh --flags sh-port',
  )

  const destination = addServiceArgument(command.command('destination').description('Add a destination.'))
  addDestinationOptions(addDestinationArgument(destination)).action(
    async (reference: string, key: DestinationKey, options: DestinationOptions) => {
      const input = { forwarding: 'dr', ...toDestinationChanges(key, options) } as DestinationInput
      const ipvs = await terminal.open(options.netns)
      await ipvs.addDestination(reference, input)
      if (key.port !== undefined || input.weight === 0)
        await warnOfDestination(ipvs, reference, key, terminal)
    },
  )
  addExamples(
    destination,
    'lvs add destination tcp://192.0.2.1:80 10.0.0.1',
    'lvs add destination tcp://192.0.2.1:80 10.0.0.1:8080 --forwarding nat --weight 2',
    'lvs add destination tcp://192.0.2.1:80 10.0.0.1 --tunnel gue:6080 --checksum remote',
  )
  addExamples(
    command,
    'lvs add service tcp://192.0.2.1:80',
    'lvs add destination tcp://192.0.2.1:80 10.0.0.1',
  )
}
