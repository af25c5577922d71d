/** Lines of rules as they come in: each list ends where a piece of the input ended, and so has what can be done by now. */
export async function* readLines(
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<string[], void, undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of input) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield lines
  }
  if (rest !== '') yield [rest]
}

/** What a plain line does not have: other blanks than single spaces between its words. */
const UNUSUAL = /[\t\r]| {2}|^ | $/

/** The words of a line, as ipvsadm tells them apart: there are no quotes and no comments. */
export function splitWords(line: string): string[] {
  if (line === '') return []
  return UNUSUAL.test(line) ? line.split(/[ \t\r]+/).filter((word) => word !== '') : line.split(' ')
}
