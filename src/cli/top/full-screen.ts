import { emitKeypressEvents, type Interface } from 'node:readline'
import terminalKit, { type ScreenBuffer, type Terminal } from 'terminal-kit'
import { type KeyEvent, toKey } from './keys/handle-key.ts'
import type { Line, Size, Style } from './render/line.ts'
import { HUNG_UP, onEndingSignal } from './signals.ts'
import type { Screen, ScreenListener } from './top-screen.ts'

/** Milliseconds after which a single escape character counts as the key Esc. */
const ESCAPE_DELAY = 100
/** Maximum time in milliseconds until a stop signal arrives. */
const STOP_DELAY = 50
/** The size of a terminal that does not report one, such as a serial line. */
const DEFAULT_SIZE: Size = { width: 80, height: 24 }

const STYLES: Record<Style, ScreenBuffer.Attributes> = {
  plain: {},
  strong: { bold: true },
  faint: { dim: true },
  sorted: { bold: true, underline: true },
  selected: { inverse: true },
  warning: { color: 'yellow' },
  error: { color: 'red', bold: true },
}
/** The styles without colours. */
const COLOURLESS: Record<Style, ScreenBuffer.Attributes> = {
  ...STYLES,
  warning: { underline: true },
  error: { bold: true },
}

/** The terminal of this process in raw mode, on its alternate screen without a cursor. */
export class FullScreen implements Screen {
  readonly #terminal: Terminal
  readonly #listener: ScreenListener
  readonly #styles: Record<Style, ScreenBuffer.Attributes>
  #buffer: ScreenBuffer | undefined
  #isEntered = false
  #isClosed = false
  #ignoreSignals: () => void

  constructor(listener: ScreenListener, colours: boolean) {
    const { stdin, stdout } = process
    this.#listener = listener
    this.#styles = colours ? STYLES : COLOURLESS
    this.#terminal = terminalKit.createTerminal({ generic: terminalName(), appId: '', appName: '' })
    this.#ignoreSignals = onEndingSignal((status) => listener.end(status))
    // Also restores the terminal before Node.js prints an uncaught error.
    process.on('exit', this.#onExit)
    process.on('SIGTSTP', this.#onStop)
    // Node.js reads the keys: terminal-kit 3.1 loops forever on a byte that does not start a UTF-8 character.
    emitKeypressEvents(stdin, { escapeCodeTimeout: ESCAPE_DELAY } as unknown as Interface)
    stdin.on('keypress', this.#onKey)
    for (const event of ['end', 'close', 'error']) stdin.on(event, this.#onHangUp)
    stdout.on('error', this.#onHangUp)
    stdout.on('resize', this.#onResize)
    this.#enter()
  }

  get size(): Size {
    const { columns, rows } = process.stdout
    return { width: columns || DEFAULT_SIZE.width, height: rows || DEFAULT_SIZE.height }
  }

  draw(lines: readonly Line[]): void {
    if (!this.#isEntered) return
    const buffer = this.#bufferOf(this.size)
    buffer.fill({ attr: {}, char: ' ' })
    for (const [y, line] of lines.entries()) {
      let x = 0
      for (const { text, style } of line) {
        buffer.put({ x, y, attr: this.#styles[style], wrap: false, dx: 1, dy: 0 }, text)
        x += text.length
      }
    }
    // Writes only the differences.
    buffer.draw({ delta: true })
  }

  invalidate(): void {
    this.#buffer = undefined
  }

  suspend(): void {
    // Stops the whole process group, as a terminal does on Ctrl-Z.
    process.kill(0, 'SIGTSTP')
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const { stdin, stdout } = process
    this.#leave()
    this.#ignoreSignals()
    process.off('exit', this.#onExit)
    process.off('SIGTSTP', this.#onStop)
    stdin.off('keypress', this.#onKey)
    for (const event of ['end', 'close']) stdin.off(event, this.#onHangUp)
    stdout.off('resize', this.#onResize)
  }

  #enter(): void {
    this.#isEntered = true
    this.invalidate()
    this.#terminal.fullscreen(true)
    this.#terminal.hideCursor()
    process.stdin.setRawMode(true)
    process.stdin.resume()
  }

  #leave(): void {
    if (!this.#isEntered) return
    this.#isEntered = false
    this.#terminal.styleReset()
    this.#terminal.hideCursor(false)
    this.#terminal.fullscreen(false)
    try {
      process.stdin.setRawMode(false)
    } catch {
      // The terminal was closed.
    }
    process.stdin.pause()
  }

  /** The buffer of the current screen content; a new one if the size has changed. */
  #bufferOf({ width, height }: Size): ScreenBuffer {
    if (this.#buffer?.width !== width || this.#buffer.height !== height) {
      this.#terminal.clear()
      this.#buffer = new terminalKit.ScreenBuffer({ dst: this.#terminal, width, height })
    }
    return this.#buffer
  }

  #onExit = () => this.close()
  #onResize = () => this.#listener.resize()
  #onHangUp = () => this.#listener.end(HUNG_UP)
  #onKey = (text: string | undefined, event: KeyEvent) => this.#listener.handleKey(toKey(text, event))

  /** Continues after a delay even without SIGCONT: the kernel does not stop a process of an orphaned process group. */
  #onStop = () => {
    this.#leave()
    process.off('SIGTSTP', this.#onStop)
    process.kill(process.pid, 'SIGTSTP')
    setTimeout(() => {
      if (this.#isClosed) return
      process.on('SIGTSTP', this.#onStop)
      this.#enter()
      this.#listener.resize()
    }, STOP_DELAY)
  }
}

/** terminal-kit loads a file of this name, so the name must not contain a path. */
function terminalName(): string {
  const { TERM = '' } = process.env
  return /^[\w-]+$/.test(TERM) ? TERM : 'xterm'
}
