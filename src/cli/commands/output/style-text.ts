/** How text stands out, switched on and off (ECMA-48, SGR). */
const STYLES = {
  plain: ['', ''],
  bold: ['\u001b[1m', '\u001b[22m'],
  dim: ['\u001b[2m', '\u001b[22m'],
  red: ['\u001b[31m', '\u001b[39m'],
  green: ['\u001b[32m', '\u001b[39m'],
  yellow: ['\u001b[33m', '\u001b[39m'],
  cyan: ['\u001b[36m', '\u001b[39m'],
} as const

/** How text stands out. */
export type TextStyle = keyof typeof STYLES

/** Makes text stand out where there are colours. */
export function styleText(text: string, style: TextStyle, colours: boolean): string {
  if (!colours || text === '') return text
  const [on, off] = STYLES[style]
  return `${on}${text}${off}`
}
