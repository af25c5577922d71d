import { onTestFinished } from 'vitest'
import type { Namespace } from '../namespace.ts'
import { shell } from '../shell.ts'
import { waitUntil } from '../until.ts'

let count = 0

/** The flags of a terminal as a format of tmux. */
const FLAGS = 'cursor #{cursor_flag}, other screen #{alternate_on}, mouse #{mouse_any_flag}'

/** A terminal that runs a program in a network namespace: a window of its own tmux server. */
export class TerminalWindow {
  readonly #socket = `lvs-test-${process.pid}-${++count}`

  /** Opens a window of this size and runs a program in it until the test ends. */
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

  /** Presses keys by their tmux names: `q`, `Down`, `C-c`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#run('send-keys', ...keys)
  }

  /** The text on the screen without trailing blanks. */
  async screen(): Promise<string> {
    const text = await this.#run('capture-pane', '-p')
    return text.replaceAll(/ +$/gm, '').trimEnd()
  }

  /** Waits until the screen matches, and returns its text; throws with the text on a timeout. */
  async shows(what: RegExp): Promise<string> {
    const screen = await waitUntil(
      () => this.screen(),
      (text) => what.test(text),
    )
    if (!what.test(screen)) throw new Error(`The terminal does not show ${what}, but:\n${screen}`)
    return screen
  }

  /** The flags: cursor, alternate screen, mouse. */
  async flags(): Promise<string> {
    return (await this.#run('display-message', '-p', FLAGS)).trim()
  }

  /** The process in the window. */
  async pid(): Promise<number> {
    return Number(await this.#run('display-message', '-p', '#{pane_pid}'))
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#run('resize-window', '-x', String(width), '-y', String(height))
  }

  /** Closes the window, which sends SIGHUP to the program. */
  async close(): Promise<void> {
    // The window may be closed already.
    await this.#run('kill-server').catch(() => undefined)
  }

  #run(...words: readonly string[]): Promise<string> {
    return shell.run(this.#tmux(...words))
  }

  #tmux(...words: readonly string[]): string[] {
    return ['tmux', '-L', this.#socket, ...words]
  }
}
