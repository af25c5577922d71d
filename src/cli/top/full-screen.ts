import { emitKeypressEvents, type Interface } from 'node:readline'
import terminalKit, { type ScreenBuffer, type Terminal } from 'terminal-kit'
import { type KeyEvent, toKey } from './keys/handle-key.ts'
import type { Line, Size, Style } from './render/line.ts'
import { HUNG_UP, onEndingSignal } from './signals.ts'
import type { Screen, ScreenListener } from './top-screen.ts'

/** Milliseconds until an escape character is taken for the key Esc, if nothing follows it. */
const ESCAPE_DELAY = 100
/** Milliseconds that a stop signal may take to arrive. */
const STOP_DELAY = 50
/** What a terminal is taken for that does not tell its size, such as a serial line. */
const DEFAULT_SIZE: Size = { width: 80, height: 24 }

const STYLES: Record<Style, ScreenBuffer.Attributes> = {
  plain: {},
  strong: { bold: true },
  faint: { dim: true },
  sorted: { bold: true, underline: true },
  selected: { inverse: true },
  warning: { color: 'yellow' },
  alarm: { color: 'red', bold: true },
}
/** The same without colours. */
const COLOURLESS: Record<Style, ScreenBuffer.Attributes> = {
  ...STYLES,
  warning: { underline: true },
  alarm: { bold: true },
}

/** The terminal of this process: its other screen, without a cursor, its keys read one by one. */
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
    // The last resort: an error that nobody caught comes by here before Node.js prints it.
    process.on('exit', this.#onExit)
    process.on('SIGTSTP', this.#onStop)
    // Keys are left to Node.js: terminal-kit 3.1 never returns from a byte that does not begin a character of UTF-8.
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
    // Only what is different is written.
    buffer.draw({ delta: true })
  }

  invalidate(): void {
    this.#buffer = undefined
  }

  suspend(): void {
    // To all that were started together, as the terminal itself does with Ctrl-Z.
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
      // A terminal that is gone has no modes.
    }
    process.stdin.pause()
  }

  /** A buffer of the size of the screen, which knows what is on it. */
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

  /** With nobody there who could go on with it (an orphaned process group) the kernel does not stop a process. */
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

/** terminal-kit loads a file of this name: it must not lead anywhere else. */
function terminalName(): string {
  const { TERM = '' } = process.env
  return /^[\w-]+$/.test(TERM) ? TERM : 'xterm'
}
