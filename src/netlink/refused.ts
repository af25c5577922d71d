import { KernelError } from '../errors.ts'

/** Whether an error is a refusal by the kernel with one of these codes. */
export function isRefusedWith(error: unknown, ...codes: readonly string[]): error is KernelError {
  return error instanceof KernelError && codes.includes(error.code)
}

/**
 * Resolves to undefined if the kernel refuses with one of these codes, which mean that it has no such object: `ESRCH` for a
 * service, `ENODEV` for an interface, `ENOENT` for a sysctl.
 */
export async function undefinedIfRefused<T>(
  work: Promise<T>,
  ...codes: readonly string[]
): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (isRefusedWith(error, ...codes)) return undefined
    throw error
  }
}
