import { ARGUMENTS, LONG_OPTIONS } from './rule-words.ts'

/** A line that cannot be read. */
export class RuleError extends Error {}

/** The commands that `-A`, `-a` and so on are. */
const COMMANDS =
  /^(-[AEDaedCRSLlZh]|--(set|(start|stop)-daemon|(add|edit|delete)-serv(er|ice)|clear|restore|save|list|zero))$/

/** One line of rules, taken apart into a command and its options. */
export class RuleLine {
  /** The command in its short spelling; empty on an empty line. */
  readonly command: string
  /** Words behind the command that belong to no option. */
  readonly words: readonly string[]
  readonly #options = new Map<string, string>()
  readonly #taken = new Set<string>()

  constructor(text: string) {
    const words = text
      .replace(/(^|\s)#.*/, '')
      .trim()
      .split(/\s+/)
      .filter(Boolean)
    if (words[0] !== undefined && /(^|\/)ipvsadm$/.test(words[0])) words.shift()
    const spelled = words.flatMap(unfold)
    const [command = '', ...rest] = spelled
    if (command !== '' && !COMMANDS.test(command)) {
      throw new RuleError(`A rule begins with -A or -a, or is --set or --start-daemon, not ${command}`)
    }
    this.command = LONG_OPTIONS[command] ?? command
    this.words = this.#readOptions(rest)
  }

  get isEmpty(): boolean {
    return this.command === ''
  }

  /** The word behind an option; empty for one that stands alone; undefined when it is not there. */
  take(option: string): string | undefined {
    this.#taken.add(option)
    return this.#options.get(option)
  }

  /** The one of several options that is there. */
  takeOne<O extends string>(options: readonly O[]): { option: O; value: string } | undefined {
    const found = options.filter((option) => this.take(option) !== undefined)
    if (found.length > 1) throw new RuleError(`${found.join(' and ')} exclude each other`)
    const [option] = found
    return option === undefined ? undefined : { option, value: this.#options.get(option) ?? '' }
  }

  /** A whole number behind an option. */
  takeNumber(option: string): number | undefined {
    const text = this.take(option)
    if (text === undefined) return undefined
    return numberIn(option, text)
  }

  /** Refuses what nobody has asked for. */
  end(): void {
    for (const option of this.#options.keys()) {
      if (!this.#taken.has(option)) throw new RuleError(`${option} has no place with ${this.command}`)
    }
  }

  #readOptions(words: readonly string[]): string[] {
    const loose: string[] = []
    for (let index = 0; index < words.length; index++) {
      const word = words[index]!
      if (!word.startsWith('-') || /^-\d/.test(word) === (word !== '-6')) {
        loose.push(word)
        continue
      }
      const option = LONG_OPTIONS[word] ?? word
      const takes = ARGUMENTS[option]
      if (takes === undefined) throw new RuleError(`There is no option ${word}`)
      if (this.#options.has(option)) throw new RuleError(`${word} is there twice`)
      const next = words[index + 1]
      const hasWord = takes !== 'none' && next !== undefined && (takes === 'one' || !next.startsWith('-'))
      if (takes === 'one' && next === undefined) throw new RuleError(`${word} needs a word behind it`)
      this.#options.set(option, hasWord ? next : '')
      if (hasWord) index++
    }
    return loose
  }
}

export function numberIn(option: string, text: string): number {
  if (!/^-?\d+$/.test(text)) throw new RuleError(`${option} must have a number behind it, not ${text}`)
  return Number(text)
}

/** `--scheduler=rr` is two words, and so is `-srr`, as getopt and popt have it. */
function unfold(word: string): string[] {
  const long = /^(--[a-z0-9-]+)=(.*)$/.exec(word)
  if (long !== null) return [long[1]!, long[2]!]
  return [word]
}
