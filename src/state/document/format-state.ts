import { ArgumentTypeError } from '../../errors.ts'
import type { DesiredState } from '../model/desired-state.ts'
import { loadYaml } from './lazy-packages.ts'

/** How a desired state can be written. */
export type StateFormat = 'yaml' | 'json'

/** Writes a desired state as text that {@link parseState} reads. Default YAML. */
export function formatState(desired: DesiredState, format: StateFormat = 'yaml'): string {
  if (format === 'json') return `${JSON.stringify(desired, undefined, 2)}\n`
  if (format !== 'yaml') throw new ArgumentTypeError('format', "'yaml' or 'json'", format)
  return loadYaml().stringify(desired, { lineWidth: 0, aliasDuplicateObjects: false })
}
