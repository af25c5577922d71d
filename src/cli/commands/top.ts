import type { DefineCommand } from '../commands.ts'
import { ExitStatus, UsageError } from '../io/failure.ts'
import { showLive } from '../top/live.ts'
import { addExamples, addNetnsOption, type NetnsOptions, parseNumberWithin } from './options/options.ts'

interface Options extends NetnsOptions {
  readonly interval: number
}

export const define: DefineCommand = (command, screen) => {
  addNetnsOption(
    command
      .description('Show services and destinations with their traffic, live. ? lists the keys.')
      .option('--interval <seconds>', 'from one picture to the next', parseNumberWithin(0.1, 3600), 2),
  ).action(async ({ netns, interval }: Options) => {
    // A dumb one cannot move its cursor.
    if (!screen.isInteractive || process.env['TERM'] === 'dumb') throw new UsageError(NO_TERMINAL)
    const ipvs = await screen.open(netns)
    const status = await showLive({
      ...{ ipvs, interval, netns: netns?.replace('/run/netns/', '') },
      open: async (listener) => {
        const { FullScreen } = await import('../top/full-screen.ts')
        return new FullScreen(listener, screen.colours)
      },
    })
    if (status !== 0) throw new ExitStatus(status)
  })
  addExamples(command, 'lvs top', 'lvs top --interval 5 --netns director')
}

const NO_TERMINAL = 'top needs a terminal for its input and output; lvs rate --watch 2 needs none'
