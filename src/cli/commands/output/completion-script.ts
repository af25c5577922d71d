/** The shells that completions are printed for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** A place in a command line, and what may follow there. */
export interface CompletionContext {
  /** The command words that lead to it: `''`, `list`, `add service`, ... */
  readonly path: string
  /** Commands, options, and arguments of which there is a choice. */
  readonly words: readonly string[]
  /** Options that take a value, with the values to choose from, if there are such. */
  readonly values: ReadonlyMap<string, readonly string[]>
}

/** A script that completes the commands and options of `lvs` in a shell. */
export function formatCompletion(shell: Shell, places: readonly CompletionContext[]): string {
  return SCRIPTS[shell](places)
}

const SCRIPTS: Readonly<Record<Shell, (places: readonly CompletionContext[]) => string>> = {
  bash: (places) => `_lvs() {
${formatLookup(places)}
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[$COMP_CWORD]}"))
}
complete -o default -F _lvs lvs
`,
  // It has a way of its own to run completions of bash.
  zsh: (places) => `autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
${SCRIPTS.bash(places)}`,
  fish: (places) => places.map((place) => formatFishLines(place, places)).join(''),
}

/** Collects the command words before the cursor, and looks up what may follow them. `path` is zsh's own. */
function formatLookup(places: readonly CompletionContext[]): string {
  const paths = places.map(({ path }) => path.replaceAll(' ', '/')).join(' ')
  const values = places.flatMap(({ path, values }) =>
    [...values].map(([option, choices]) => `    '${path} ${option}') words='${choices.join(' ')}' ;;\n`),
  )
  const words = places.map(({ path, words }) => `      '${path}') words='${words.join(' ')}' ;;\n`)
  return `  local at= word words=
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
    case "$word" in -*) ;; *) case " ${paths} " in *" \${at:+$at/}$word "*) at="\${at:+$at/}$word" ;; esac ;; esac
  done
  at="\${at//\\// }"
  case "$at \${COMP_WORDS[$((COMP_CWORD - 1))]}" in
${values.join('')}    *) case "$at" in
${words.join('')}    esac ;;
  esac`
}

function formatFishLines(
  { path, words, values }: CompletionContext,
  places: readonly CompletionContext[],
): string {
  const seen = path.split(' ').filter((each) => each !== '')
  const conditions = seen.map((each) => `__fish_seen_subcommand_from ${each}`)
  const deeper = places.filter(
    (each) => each.path !== path && each.path.startsWith(path === '' ? '' : `${path} `),
  )
  const next = new Set(deeper.map((each) => each.path.split(' ')[seen.length] ?? ''))
  if (next.size > 0) conditions.push(`not __fish_seen_subcommand_from ${[...next].join(' ')}`)
  const condition = conditions.length === 0 ? '' : ` -n '${conditions.join('; and ')}'`
  return words
    .map((word) => `complete -c lvs${condition} ${formatFishWord(word, values.get(word))}\n`)
    .join('')
}

function formatFishWord(word: string, choices: readonly string[] | undefined): string {
  if (!word.startsWith('--')) return `-f -a ${word}`
  const option = `-l ${word.slice(2)}`
  if (choices === undefined) return `-f ${option}`
  return choices.length === 0 ? `-r ${option}` : `-x ${option} -a '${choices.join(' ')}'`
}
