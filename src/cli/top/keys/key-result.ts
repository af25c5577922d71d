import type { View, WeightChange } from '../model/view.ts'

/** What a key does besides changing the view. */
export type Effect =
  | { readonly kind: 'quit' }
  /** Ctrl-C: as the signal that it stands for. */
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'suspend' }
  /** Draw everything anew: another program may have written on the screen. */
  | { readonly kind: 'redraw' }
  | { readonly kind: 'change'; readonly change: WeightChange }

/** What comes of a key. */
export interface KeyResult {
  readonly view: View
  readonly effect?: Effect
}

/** A key: its name, such as `up` or `ctrl-c`, or the character that it stands for. */
export type Key = string
