import { onTestFinished } from 'vitest'
import type { Namespace } from '../namespace.ts'
import { shell } from '../shell.ts'
import { waitUntil } from '../until.ts'

let count = 0

/** What a terminal is like besides what it shows: `1` or `0`, in the words of tmux. */
const FLAGS = 'cursor #{cursor_flag}, other screen #{alternate_on}, mouse #{mouse_any_flag}'

/** A terminal with a program in it, in a network namespace: a window of a tmux server of its own. */
export class TerminalWindow {
  readonly #socket = `lvs-test-${process.pid}-${++count}`

  /** Opens a window of so many characters and runs a program in it, as long as the test lasts. */
  static async open(
    host: Namespace,
    size: { readonly width: number; readonly height: number },
    ...program: readonly string[]
  ): Promise<TerminalWindow> {
    const window = new TerminalWindow()
    const { width, height } = size
    const words = ['new-session', '-d', '-x', String(width), '-y', String(height), ...program]
    await shell.run(['ip', 'netns', 'exec', host.name, ...window.#tmux('-f', '/dev/null', ...words)])
    onTestFinished(() => window.close())
    return window
  }

  /** Presses keys, by the names that tmux has for them: `q`, `Down`, `C-c`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#run('send-keys', ...keys)
  }

  /** What it shows, without what is blank at the ends. */
  async screen(): Promise<string> {
    const text = await this.#run('capture-pane', '-p')
    return text.replaceAll(/ +$/gm, '').trimEnd()
  }

  /** Waits until it shows something, and gives all that it shows; throws what it shows instead. */
  async shows(what: RegExp): Promise<string> {
    const screen = await waitUntil(
      () => this.screen(),
      (text) => what.test(text),
    )
    if (!what.test(screen)) throw new Error(`The terminal does not show ${what}, but:\n${screen}`)
    return screen
  }

  /** Whether its cursor is seen, and the like. */
  async flags(): Promise<string> {
    return (await this.#run('display-message', '-p', FLAGS)).trim()
  }

  /** The process in it. */
  async pid(): Promise<number> {
    return Number(await this.#run('display-message', '-p', '#{pane_pid}'))
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#run('resize-window', '-x', String(width), '-y', String(height))
  }

  /** Closes the window as somebody does who has had enough: what is in it is told so by a signal. */
  async close(): Promise<void> {
    // It may be closed already.
    await this.#run('kill-server').catch(() => undefined)
  }

  #run(...words: readonly string[]): Promise<string> {
    return shell.run(this.#tmux(...words))
  }

  #tmux(...words: readonly string[]): string[] {
    return ['tmux', '-L', this.#socket, ...words]
  }
}
