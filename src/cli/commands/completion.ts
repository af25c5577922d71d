import { Argument, type Command } from 'commander'
import { addExamples, type DefineCommand } from './options/command-options.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

/** A position in a command line, with the words that may follow. */
interface CompletionContext {
  /** The command words before it: `''`, `list`, `add service`, ... */
  readonly path: string
  /** Subcommands, options, and the choices of arguments. */
  readonly words: readonly string[]
  /** Options that take a value, with its choices if there are any. */
  readonly values: ReadonlyMap<string, readonly string[]>
}

export const define: DefineCommand = (command, terminal) => {
  command.addArgument(new Argument('<shell>').choices(SHELLS)).action((shell: Shell) => {
    terminal.print(SCRIPTS[shell](collectContexts(command.parent!)))
  })
  addExamples(
    command,
    'lvs completion bash > /etc/bash_completion.d/lvs',
    'lvs completion zsh >> ~/.zshrc',
    'lvs completion fish > ~/.config/fish/completions/lvs.fish',
  )
}

function collectContexts(program: Command): readonly CompletionContext[] {
  const contexts: CompletionContext[] = []
  const visit = (command: Command, path: readonly string[]) => {
    const options = command.options.filter(({ long }) => long != null)
    const names = command.commands.map((each) => each.name())
    const choices = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices)
    contexts.push({
      path: path.join(' '),
      words: [...names, ...choices, ...options.map(({ long }) => String(long)), '--help'],
      values: new Map(
        options
          .filter(({ required, optional }) => required || optional)
          .map(({ long, argChoices = [] }) => [String(long), argChoices]),
      ),
    })
    for (const each of command.commands) visit(each, [...path, each.name()])
  }
  visit(program, [])
  return contexts
}

const SCRIPTS: Readonly<Record<Shell, (contexts: readonly CompletionContext[]) => string>> = {
  bash: (contexts) => `_lvs() {
${formatLookup(contexts)}
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[$COMP_CWORD]}"))
}
complete -o default -F _lvs lvs
`,
  // zsh can run completion functions of bash.
  zsh: (contexts) => `autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
${SCRIPTS.bash(contexts)}`,
  fish: (contexts) => contexts.map((context) => formatFishLines(context, contexts)).join(''),
}

/** Collects the command words before the cursor and looks up the words that may follow. The name `path` is reserved in zsh. */
function formatLookup(contexts: readonly CompletionContext[]): string {
  const paths = contexts.map(({ path }) => path.replaceAll(' ', '/')).join(' ')
  const values = contexts.flatMap(({ path, values }) =>
    [...values].map(([option, choices]) => `    '${path} ${option}') words='${choices.join(' ')}' ;;\n`),
  )
  const words = contexts.map(({ path, words }) => `      '${path}') words='${words.join(' ')}' ;;\n`)
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
  contexts: readonly CompletionContext[],
): string {
  const seen = path.split(' ').filter((each) => each !== '')
  const conditions = seen.map((each) => `__fish_seen_subcommand_from ${each}`)
  const deeper = contexts.filter(
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
