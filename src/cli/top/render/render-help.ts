import { KEY_BINDINGS } from '../keys/table-keys.ts'
import { type Line, span } from './line.ts'

/** Renders the help page. */
export function renderHelp(): Line[] {
  const shown = KEY_BINDINGS.filter(({ label }) => label !== '')
  const width = Math.max(...shown.map(({ label }) => label.length))
  return [
    [],
    ...shown.map(({ label, purpose }) => [span(label.padEnd(width), 'strong'), span(`   ${purpose}`)]),
    [],
    [span('Rates cover the last two seconds; the kernel updates its counters no faster.')],
    [span('Every change asks for confirmation.')],
  ]
}
