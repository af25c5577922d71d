/** A file of /proc whose entries are generated while it is read (seq_file). */
export interface SequentialFile {
  /**
   * The entries from a position on; undefined for an entry that is skipped. Each entry advances the position during a walk;
   * the file decides where a new walk from a position starts.
   */
  from(position: number): Iterable<string | undefined>
}

const PAGE = 4096

/** Reads a file page by page. Each page starts a new walk, because the table may change in between (seq_read_iter). */
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
    // Entries are never cut: an entry that is too long doubles the page size for good.
    else if (!atEnd) size *= 2
  }
}
