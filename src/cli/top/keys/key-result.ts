import type { View, WeightChange } from '../model/view.ts'

/** A side effect of a key. */
export type Effect =
  | { readonly kind: 'quit' }
  /** Ctrl-C: exit as for SIGINT. */
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'suspend' }
  /** Redraw everything: another program may have written to the screen. */
  | { readonly kind: 'redraw' }
  | { readonly kind: 'change'; readonly change: WeightChange }

/** The result of a key. */
export interface KeyResult {
  readonly view: View
  readonly effect?: Effect
}

/** A key: its name, such as `up` or `ctrl-c`, or its character. */
export type Key = string
