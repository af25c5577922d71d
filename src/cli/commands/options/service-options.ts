import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Persistence } from '../../../ipvs/model/persistence.ts'
import { SCHEDULERS, type SchedulerFlag } from '../../../ipvs/model/scheduler.ts'
import type { ServiceSettings } from '../../../ipvs/model/service.ts'
import { addNetnsOption, type NetnsOptions, parseInteger } from './command-options.ts'

/** The options of a virtual service. */
export interface ServiceOptions extends NetnsOptions {
  readonly scheduler?: string
  readonly flags?: readonly SchedulerFlag[]
  /** True without seconds, false for `--no-persistent`. */
  readonly persistent?: number | boolean
  readonly mask?: string | number
  /** False for `--no-engine`. */
  readonly engine?: string | false
  readonly onePacket?: boolean
}

/** Adds the options of a virtual service. */
export function addServiceOptions(command: Command): Command {
  return addNetnsOption(
    command
      .addOption(createSchedulerOption())
      .option('--flags <names>', 'scheduler flags: sh-fallback, sh-port, mh-fallback, mh-port', splitWords)
      .option(
        '--persistent [seconds]',
        'send all connections of a client to the same destination',
        parseInteger,
      )
      .option('--mask <mask>', 'persistence per client network: a mask or prefix length', parseMask)
      .option('--engine <name>', 'persistence engine: sip')
      .option('--one-packet', 'schedule each UDP packet separately'),
  )
}

/** Accepts any name, because the kernel may have other schedulers. Help and completion list those of the mainline kernel. */
function createSchedulerOption(): Option {
  const option = new Option('--scheduler <name>', 'scheduling algorithm')
  option.argChoices = [...SCHEDULERS, 'none']
  return option
}

/** Converts the options to the given settings. */
export function toServiceSettings(options: ServiceOptions): ServiceSettings {
  const { scheduler, flags, engine, onePacket } = options
  return {
    ...(scheduler === undefined ? {} : { scheduler }),
    ...(flags === undefined ? {} : { schedulerFlags: flags }),
    ...(engine === undefined ? {} : { persistenceEngine: engine === false ? null : engine }),
    ...(onePacket === undefined ? {} : { onePacket }),
    ...toPersistence(options),
  }
}

function toPersistence({ persistent, mask }: ServiceOptions): { persistence?: Persistence | null } {
  if (persistent === false) return { persistence: null }
  if (persistent === undefined && mask === undefined) return {}
  const timeout = typeof persistent === 'number' ? { timeout: persistent } : {}
  return { persistence: { ...timeout, ...(mask === undefined ? {} : { mask }) } }
}

function splitWords(text: string): string[] {
  return text.split(',').filter((word) => word !== '')
}

function parseMask(text: string): string | number {
  if (/^\/?\d+$/.test(text)) return Number(text.replace('/', ''))
  if (text.includes('.')) return text
  throw new InvalidArgumentError('Expected a mask such as 255.255.255.0 or a prefix length such as 24.')
}
