/** The shells that completions are printed for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** The words that may follow, by the command words before: `''`, `list`, `add service`, ... */
export type Words = ReadonlyMap<string, readonly string[]>

/** A script that completes the commands and options of `lvs` in a shell. */
export function completionFor(shell: Shell, words: Words): string {
  return SCRIPTS[shell](words)
}

const SCRIPTS: Readonly<Record<Shell, (words: Words) => string>> = {
  bash: (words) => `_lvs() {
${lookUp(words)}
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _lvs lvs
`,
  // It has a way of its own to run completions of bash.
  zsh: (words) => `autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
${SCRIPTS.bash(words)}`,
  fish: (words) =>
    [...words].flatMap(([path, following]) => following.map((word) => fishLine(path, word, words))).join(''),
}

/** Collects the command words before the cursor, and looks up what may follow them. */
function lookUp(words: Words): string {
  const cases = [...words].map(([path, following]) => `    '${path}') words='${following.join(' ')}' ;;\n`)
  return `  local path= word words=
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) case " ${paths(words)} " in *" \${path:+$path/}$word "*) path="\${path:+$path/}$word" ;; esac ;; esac
  done
  path="\${path//\\// }"
  case "$path" in
${cases.join('')}  esac`
}

function paths(words: Words): string {
  return [...words.keys()].map((path) => path.replaceAll(' ', '/')).join(' ')
}

function fishLine(path: string, word: string, words: Words): string {
  const seen = path.split(' ').filter((each) => each !== '')
  const conditions = seen.map((each) => `__fish_seen_subcommand_from ${each}`)
  const deeper = [...words.keys()].filter(
    (each) => each !== path && each.startsWith(path === '' ? '' : `${path} `),
  )
  const next = new Set(deeper.map((each) => each.split(' ')[seen.length] ?? ''))
  if (next.size > 0) conditions.push(`not __fish_seen_subcommand_from ${[...next].join(' ')}`)
  const condition = conditions.length === 0 ? '' : ` -n '${conditions.join('; and ')}'`
  const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`
  return `complete -c lvs -f${condition} ${what}\n`
}
