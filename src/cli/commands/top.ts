import { ExitStatus, UsageError } from '../io/failure.ts'
import { showLive } from '../top/live.ts'
import {
  addExamples,
  addNetnsOption,
  type DefineCommand,
  type NetnsOptions,
  parseNumberWithin,
} from './options/command-options.ts'

interface Options extends NetnsOptions {
  readonly interval: number
}

export const define: DefineCommand = (command, terminal) => {
  addNetnsOption(
    command
      .description('Show services and destinations with their traffic, live. Press ? for the keys.')
      .option('--interval <seconds>', 'seconds between updates', parseNumberWithin(0.1, 3600), 2),
  ).action(async ({ netns, interval }: Options) => {
    // A dumb terminal cannot move the cursor.
    if (!terminal.isInteractive || process.env['TERM'] === 'dumb') throw new UsageError(NO_TERMINAL)
    const ipvs = await terminal.open(netns)
    const status = await showLive({
      ...{ ipvs, interval, netns: netns?.replace('/run/netns/', '') },
      open: async (listener) => {
        const { FullScreen } = await import('../top/full-screen.ts')
        return new FullScreen(listener, terminal.colours)
      },
    })
    if (status !== 0) throw new ExitStatus(status)
  })
  addExamples(command, 'lvs top', 'lvs top --interval 5 --netns director')
}

const NO_TERMINAL =
  'top requires a terminal as standard input and output; lvs rate --watch 2 works without one'
