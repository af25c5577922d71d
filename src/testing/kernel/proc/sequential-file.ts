/** A file of /proc that is made while it is read, an entry at a time (seq_file). */
export interface SequentialFile {
  /**
   * The entries from a position on; undefined for one that is passed over without a word. Each takes a position while the
   * walk lasts; where a position leads when a new walk begins is the file's own business.
   */
  from(position: number): Iterable<string | undefined>
}

const PAGE = 4096

/** Reads a file a page at a time; a new walk begins with each, since anything may happen in between (seq_read_iter). */
export function* readSequentially(file: SequentialFile): Iterable<string> {
  let size = PAGE
  let position = 0
  for (let atEnd = false; !atEnd; ) {
    let text = ''
    atEnd = true
    for (const entry of file.from(position)) {
      if (text.length + (entry?.length ?? 0) >= size) {
        atEnd = false
        break
      }
      text += entry ?? ''
      position++
    }
    if (text !== '') yield text
    // An entry is never cut: for one that is too long the page becomes larger, and stays so.
    else if (!atEnd) size *= 2
  }
}
