import { styleText as applyStyle } from 'node:util'

/** A style of text on a terminal. */
export type TextStyle = 'plain' | 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Styles text if colours are on. */
export function styleText(text: string, style: TextStyle, colours: boolean): string {
  if (!colours || style === 'plain' || text === '') return text
  // Whether the output shows colours has been decided already: newer versions of Node.js would decide again.
  return applyStyle(style, text, { validateStream: false })
}

/** Formats a value as indented JSON. */
export function printJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
