import { styleText as applyStyle } from 'node:util'
import { escapeControls, escapeControlsInLines } from '../../control-characters.ts'

/** A style of text on a terminal. */
export type TextStyle = 'plain' | 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

const STYLES = ['bold', 'dim', 'red', 'green', 'yellow', 'cyan'] as const satisfies readonly TextStyle[]

/** Moves the cursor to the top of the screen and clears what is below it. */
export const CLEAR_SCREEN = '\u001b[H\u001b[J'

/**
 * Styles a text within a line if colours are on. Its control characters are escaped, with and without colours, because names in
 * it may come from another host.
 */
export function styleText(text: string, style: TextStyle, colours: boolean): string {
  return styleLine(escapeControls(text), style, colours)
}

/** Styles a line that may have styles already, and whose names are escaped. */
export function styleLine(text: string, style: TextStyle, colours: boolean): string {
  if (!colours || style === 'plain' || text === '') return text
  // The caller has already decided whether the output has colours; newer versions of Node.js would decide again.
  return applyStyle(style, text, { validateStream: false })
}

/** The escape sequences that this program writes on purpose. */
const OWN_SEQUENCES: readonly string[] = [
  CLEAR_SCREEN,
  ...new Set(STYLES.flatMap((style) => styleLine('|', style, true).split('|'))),
]
const OWN_SEQUENCE = new RegExp(
  `(${OWN_SEQUENCES.map((sequence) => sequence.replaceAll('[', '\\[')).join('|')})`,
)

/**
 * Makes output safe for a terminal: every control character is escaped but for ends of lines and tabulators. If `styled`, the
 * escape sequences of this program stay.
 */
export function toTerminalText(text: string, styled: boolean): string {
  if (!styled) return escapeControlsInLines(text)
  // Every second part is what the parentheses matched.
  return text
    .split(OWN_SEQUENCE)
    .map((part, index) => (index % 2 === 0 ? escapeControlsInLines(part) : part))
    .join('')
}
