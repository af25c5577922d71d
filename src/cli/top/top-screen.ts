import type { Key } from './keys/key-result.ts'
import type { Line, Size } from './render/line.ts'

/** A screen with a keyboard. The terminal implements it, and so does a test. */
export interface Screen {
  readonly size: Size
  /** Replaces the content of the screen. */
  draw(lines: readonly Line[]): void
  /** Makes the next draw redraw everything. */
  invalidate(): void
  /** Stops the process as Ctrl-Z does, until the shell continues it. */
  suspend(): void
  /** Restores the terminal. May be called repeatedly. */
  close(): void
}

/** Receives the events of a screen. */
export interface ScreenListener {
  /** The user pressed a key. */
  handleKey(key: Key): void
  /** The size has changed, or the content was lost. */
  resize(): void
  /** A signal arrived, or the terminal was closed. */
  end(status: number): void
}

/** Opens a screen that reports its events to the listener. */
export type OpenScreen = (listener: ScreenListener) => Promise<Screen>
