/** The spellings of what a table is to be. */
export const FILE_FORMATS = ['yaml', 'json', 'rules', 'keepalived'] as const
export type FileFormat = (typeof FILE_FORMATS)[number]

/** Endings of files that tell. */
const EXTENSIONS: Readonly<Record<string, FileFormat>> = {
  json: 'json',
  yaml: 'yaml',
  yml: 'yaml',
  conf: 'keepalived',
}

/** Words that a line of a keepalived.conf begins with, and none of YAML: there is no colon behind them. */
const KEEPALIVED = /^\s*(virtual_server(_group)?|global_defs|vrrp_\w+)\b(?!\s*:)/m
/** The first line that is neither empty nor a comment. */
const FIRST_LINE = /^[^\S\n]*([^\s#].*)$/m

/**
 * How a text is spelled: the ending of its file tells, or what it begins with. JSON begins with a brace, rules with an option
 * or with ipvsadm; there are no rules in an empty text.
 */
export function detectFormat(file: string | undefined, text: string): FileFormat {
  const told = EXTENSIONS[/\.([a-z]+)$/.exec(file ?? '')?.[1] ?? '']
  if (told !== undefined) return told
  const first = FIRST_LINE.exec(text)?.[1] ?? ''
  if (first.startsWith('{')) return 'json'
  if (first === '' || /^(--?[a-zA-Z]|ipvsadm\b)/.test(first)) return 'rules'
  return KEEPALIVED.test(text) ? 'keepalived' : 'yaml'
}
