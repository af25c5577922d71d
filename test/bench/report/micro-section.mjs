import { microText } from '../micro/text.mjs'

/** The section of the guide about what the library itself takes. */
export function microSection({ micro }) {
  if (micro === undefined) return undefined
  return `## The library itself

Measured by \`npm run bench:micro\` in the same run, on the machine itself (Linux ${micro.kernel}, ${micro.cpu}), with a transport that takes
commands as done and answers reads with records that a kernel once sent. From the call to its result; a service that is read includes
the request for its destinations. Bytes of heap are what V8 allocated for each.

${microText(micro)}`
}
