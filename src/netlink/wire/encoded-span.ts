import type { WireWriter } from './wire.ts'

/**
 * Something that was written and may be written once more, by {@link WireWriter.copySpan}: commands that follow one another say
 * much the same. To copy it takes a fraction of the time in which it is checked and written anew.
 */
export class EncodedSpan {
  writer: WireWriter | undefined
  revision = 0
  start = 0
  end = 0

  /** Notes that what stands in a writer from `start` on is it. */
  record(writer: WireWriter, start: number): void {
    this.writer = writer
    this.revision = writer.revision
    this.start = start
    this.end = writer.length
  }

  /** Whether it still stands in a writer. */
  isIn(writer: WireWriter): boolean {
    return writer === this.writer && writer.revision === this.revision
  }
}
