// The replies of a kernel other than records. Each function returns the number of bytes that it wrote.

const FAMILY = 30
const CONTROLLER = 16
const ERROR = 2
const DONE = 3
const CAPPED = 0x100
const MULTI = 2

function writeHeader(view, at, length, type, flags, sequence) {
  view.setUint32(at, length, true)
  view.setUint16(at + 4, type, true)
  view.setUint16(at + 6, flags, true)
  view.setUint32(at + 8, sequence, true)
  view.setUint32(at + 12, 1, true)
}

/** The acknowledgement of a command. */
export function writeAcknowledgement(view, at, sequence) {
  writeHeader(view, at, 36, ERROR, CAPPED, sequence)
  view.setInt32(at + 16, 0, true)
  for (let word = 20; word < 36; word += 4) view.setUint32(at + word, 0, true)
  return 36
}

/** The end of a dump. */
export function writeDone(view, at, sequence) {
  writeHeader(view, at, 20, DONE, MULTI, sequence)
  view.setInt32(at + 16, 0, true)
  return 20
}

/** The controller's reply: the number of the family. */
export function writeFamily(view, at, sequence) {
  writeHeader(view, at, 28, CONTROLLER, 0, sequence)
  view.setUint32(at + 16, 0x0201, true)
  view.setUint16(at + 20, 6, true)
  view.setUint16(at + 22, 1, true)
  view.setUint32(at + 24, FAMILY, true)
  return 28
}
