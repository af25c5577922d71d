/** The output of ipvsadm as lines with single spaces. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim().replaceAll(/ +/g, ' '))
    .filter((line) => line !== '')
}

/** The lines of a listing below its headings. */
export function listingOf(text: string): string[] {
  return linesOf(text).filter((line) => !HEADINGS.test(line))
}

const HEADINGS = /^(IP Virtual Server|Prot |-> RemoteAddress|IPVS connection entries|pro expire)/
