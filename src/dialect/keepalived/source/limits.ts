/** Limits against configurations that would exhaust the memory or the time. Real ones stay far below. */

/** The files that a configuration may include in all; a file that several include counts each time. */
export const MAX_INCLUDED_FILES = 4096

/** The characters of all lines, after definitions and repetitions are expanded. */
export const MAX_EXPANDED_CHARACTERS = 16 * 1024 * 1024

/** The characters that a line counts for at least, which limits the number of lines that repetitions can make. */
export const MIN_LINE_CHARACTERS = 64

/** The nesting depth of includes, and of definitions that refer to others. */
export const MAX_DEPTH = 64
