import { ArgumentRangeError, ArgumentTypeError } from '../../errors.ts'

/** Longest name or label of an interface: IFNAMSIZ of <linux/if.h>, less the terminating NUL. */
export const MAXIMUM_INTERFACE_NAME_BYTES = 15
const ALLOWED = `the name of a network interface: 1 to ${MAXIMUM_INTERFACE_NAME_BYTES} bytes without '/', ':' or whitespace`
/**
 * The kernel checks bytes, not characters (dev_valid_name, net/core/dev.c), and its isspace() accepts the byte 0xa0
 * (lib/ctype.c). So no name can contain 'à', whose UTF-8 form ends with that byte.
 */
const FORBIDDEN_BYTES = /[\0\t-\r /:\xa0]/

/** Checks the name of a network interface as the kernel does at creation. Returns it. */
export function checkInterfaceName(field: string, value: unknown): string {
  if (typeof value !== 'string') throw new ArgumentTypeError(field, ALLOWED, value)
  const bytes = Buffer.from(value)
  if (bytes.length > MAXIMUM_INTERFACE_NAME_BYTES) throw new ArgumentRangeError(field, ALLOWED, value)
  const isName = value !== '' && value !== '.' && value !== '..' && isWellFormed(value)
  if (!isName || FORBIDDEN_BYTES.test(bytes.toString('latin1'))) {
    throw new ArgumentTypeError(field, ALLOWED, value)
  }
  return value
}

/** Half of a surrogate pair has no UTF-8 form: it would be sent as another character. */
function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}
