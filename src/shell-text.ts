/**
 * Shell commands as text, for users who paste them into a shell. The names in them come from the kernel, from files and from
 * other hosts: a network interface may be called `$(reboot)`, so every command of this library is built from words here.
 */

/** Words that mean the same to a shell with and without quotes. */
const PLAIN_WORD = /^[\w@%+:,./-][\w@%+=:,./-]*$/
/** Control characters (C0, DEL, C1), characters that reorder the text around them, and separators of lines. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/**
 * Quotes a word, so that a POSIX shell reads back exactly this word. A word with a control character becomes `$'...'`, on one
 * line and without anything that a terminal acts on; bash, ksh, zsh and POSIX.1-2024 read it back, and in older shells it is
 * another word but runs nothing.
 */
export function quoteShellWord(word: string): string {
  if (PLAIN_WORD.test(word)) return word
  if (!UNPRINTABLE.test(word)) return `'${word.replaceAll("'", `'\\''`)}'`
  // Octal escapes only: in a shell that does not know this form, a quote would end the word.
  const characters = [...word].map((each) =>
    UNPRINTABLE.test(each) || /['\\]/.test(each) ? toOctal(each) : each,
  )
  return `$'${characters.join('')}'`
}

function toOctal(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}

/** A shell command of these words, each quoted if necessary. */
export function shellCommand(...words: readonly (string | number)[]): string {
  return words.map((word) => quoteShellWord(String(word))).join(' ')
}

/**
 * The command that sets a sysctl. sysctl(8) cannot name every interface: `=` ends the name, and newer versions expand patterns.
 * Such a value is written to its file.
 *
 * @param name With a dot in the name of an interface written as `/`.
 */
export function sysctlCommand(name: string, value: number): string {
  if (/^[\w./@:-]+$/.test(name)) return shellCommand('sysctl', '-w', `${name}=${value}`)
  const path = name.split('.').map((part) => part.replaceAll('/', '.'))
  return `${shellCommand('echo', value)} > ${quoteShellWord(`/proc/sys/${path.join('/')}`)}`
}
