import { KEY_BINDINGS } from '../keys/table-keys.ts'
import { type Line, span } from './line.ts'

/** The page that says what keys do. */
export function renderHelp(): Line[] {
  const shown = KEY_BINDINGS.filter(({ label }) => label !== '')
  const width = Math.max(...shown.map(({ label }) => label.length))
  return [
    [],
    ...shown.map(({ label, purpose }) => [span(label.padEnd(width), 'strong'), span(`   ${purpose}`)]),
    [],
    [span('Rates are those of the last two seconds: the kernel counts no faster.')],
    [span('Changes are asked about before they are made.')],
  ]
}
