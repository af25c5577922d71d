/** The formats of a desired state. */
export const FILE_FORMATS = ['yaml', 'json', 'rules', 'keepalived'] as const
export type FileFormat = (typeof FILE_FORMATS)[number]

/** The options of a file with a desired state. The last three are for keepalived.conf. */
export interface FileOptions {
  readonly format?: FileFormat
  /** Whether to pass over what keepalived passes over. */
  readonly lenient?: true
  /** The name of the configuration. */
  readonly id?: string
  /** The network namespace that the command acts on, if it is given. */
  readonly netns?: string
}

/** File name extensions that determine the format. */
const EXTENSIONS: Readonly<Record<string, FileFormat>> = {
  json: 'json',
  yaml: 'yaml',
  yml: 'yaml',
  conf: 'keepalived',
}

/**
 * A line that begins a block of keepalived.conf. In YAML a colon would follow the word. The pattern stays within one line, because
 * blanks that span lines would take quadratic time.
 */
const KEEPALIVED = /^[^\S\n]*(virtual_server(_group)?|global_defs|vrrp_\w+)\b(?!\s*:)/m
/** The first line that is neither empty nor a comment. */
const FIRST_LINE = /^[^\S\n]*([^\s#].*)$/m

/**
 * Detects the format from the file name extension, else from the text. JSON begins with a brace, ipvsadm rules with an
 * option or with `ipvsadm`. Empty text is an empty list of rules.
 */
export function detectFormat(file: string | undefined, text: string): FileFormat {
  const byExtension = EXTENSIONS[/\.([a-z]+)$/.exec(file ?? '')?.[1] ?? '']
  if (byExtension !== undefined) return byExtension
  const first = FIRST_LINE.exec(text)?.[1] ?? ''
  if (first.startsWith('{')) return 'json'
  if (first === '' || /^(--?[a-zA-Z]|ipvsadm\b)/.test(first)) return 'rules'
  return KEEPALIVED.test(text) ? 'keepalived' : 'yaml'
}
