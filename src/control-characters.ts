/**
 * Characters that a terminal may execute instead of showing them: C0, DEL and C1. A terminal in UTF-8 mode accepts U+009B as the
 * beginning of an escape sequence, as it does ESC and a bracket.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what the program must not print.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g
/** The same without the end of a line and the tabulator. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what the program must not print.
const CONTROL_IN_LINES = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/**
 * Makes control characters visible, as `\u001b`: in names and texts that other programs or hosts chose and that appear within a
 * line of output. An end of a line is escaped too, so that the text cannot add lines of its own.
 */
export function escapeControls(text: string): string {
  return text.replace(CONTROL, show)
}

/**
 * The same for complete output: ends of lines and tabulators stay. The value of a JSON or YAML string does not change, because
 * both read `\u001b` in a quoted string as the character.
 */
export function escapeControlsInLines(text: string): string {
  return text.replace(CONTROL_IN_LINES, show)
}

function show(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
