import type { Key } from './keys/key-result.ts'
import type { Line, Size } from './render/line.ts'

/** A screen that a picture fills, with keys: a terminal, or a test. */
export interface Screen {
  readonly size: Size
  /** Shows these lines, and nothing else. */
  draw(lines: readonly Line[]): void
  /** Forgets what is shown, so that the next picture is drawn whole. */
  invalidate(): void
  /** Stops the program as Ctrl-Z does, until a shell goes on with it. */
  suspend(): void
  /** Leaves everything as it was before. More than once is no harm. */
  close(): void
}

/** What a surface tells. */
export interface ScreenListener {
  /** A key was pressed. */
  handleKey(key: Key): void
  /** The size is another, or the picture was lost. */
  resize(): void
  /** It is over: a signal, or the terminal is gone. */
  end(status: number): void
}

/** Opens a surface; from then on it tells its listener what happens. */
export type OpenScreen = (listener: ScreenListener) => Promise<Screen>
