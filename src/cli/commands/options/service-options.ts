import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Persistence } from '../../../ipvs/model/persistence.ts'
import { SCHEDULERS, type SchedulerFlag } from '../../../ipvs/model/scheduler.ts'
import type { ServiceSettings } from '../../../ipvs/model/service.ts'
import { addNetnsOption, type NetnsOptions, parseInteger } from './options.ts'

/** Options about a virtual service, as they were given. */
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

/** Adds the options about a virtual service. */
export function addServiceOptions(command: Command): Command {
  return addNetnsOption(
    command
      .addOption(createSchedulerOption())
      .option(
        '--flags <names>',
        'flags of the scheduler: sh-fallback, sh-port, mh-fallback, mh-port',
        splitWords,
      )
      .option('--persistent [seconds]', 'send a client where it was sent before', parseInteger)
      .option('--mask <mask>', 'which clients count as one: a mask or a prefix length', parseMask)
      .option('--engine <name>', 'tell clients apart by what they send: sip')
      .option('--one-packet', 'schedule every UDP packet by itself'),
  )
}

/** Any name is taken, since the kernel may know more; those of its own are shown and completed. */
function createSchedulerOption(): Option {
  const option = new Option('--scheduler <name>', 'by which rule connections are shared')
  option.argChoices = [...SCHEDULERS, 'none']
  return option
}

/** The settings that were named. */
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
  throw new InvalidArgumentError('It must be a mask such as 255.255.255.0 or a prefix length such as 24.')
}
