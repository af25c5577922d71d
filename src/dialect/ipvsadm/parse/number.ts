const NUMBER = /^[ \t\n\v\f\r]*[+-]?[0-9]+$/

/** Reads a whole decimal number as strtol(3) does, blanks before it and a sign included; undefined for anything else. */
export function readNumber(text: string, minimum: number, maximum: number): number | undefined {
  if (!NUMBER.test(text)) return undefined
  const number = Number(text)
  return number >= minimum && number <= maximum ? number : undefined
}
