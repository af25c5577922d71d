import { microText } from '../micro/text.mjs'

/** The section of the guide about the cost of the library itself. */
export function microSection({ micro }) {
  if (micro === undefined) return undefined
  return `## The library itself

\`npm run bench:micro\` measured this in the same run on the host (Linux ${micro.kernel}, ${micro.cpu}), with a transport that acknowledges
every command and answers reads with recorded replies of a kernel. Times are from the call to its result; reading a service
includes the request for its destinations. Bytes of heap are what V8 allocated for each.

${microText(micro)}`
}
