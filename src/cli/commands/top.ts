import type { Define } from '../commands.ts'
import { ExitStatus, Mistake } from '../io/failure.ts'
import { type NetnsOptions, readNumber, showsExamples, takesNetns } from './options/options.ts'
import { showLive } from '../top/live.ts'

interface Options extends NetnsOptions {
  readonly interval: number
}

export const define: Define = (command, screen) => {
  takesNetns(
    command
      .description('Show services and destinations with their traffic, live. ? lists the keys.')
      .option('--interval <seconds>', 'from one picture to the next', readNumber(0.1, 3600), 2),
  ).action(async ({ netns, interval }: Options) => {
    // A dumb one cannot move its cursor.
    if (!screen.interactive || process.env['TERM'] === 'dumb') throw new Mistake(NO_TERMINAL)
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
  showsExamples(command, 'lvs top', 'lvs top --interval 5 --netns director')
}

const NO_TERMINAL = 'top needs a terminal for its input and output; lvs rate --watch 2 needs none'
