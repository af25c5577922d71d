/** Error numbers of Linux (asm-generic/errno.h), whatever system this runs on. */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EAGAIN: 11,
  ENOMEM: 12,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ERANGE: 34,
  EOPNOTSUPP: 95,
  EAFNOSUPPORT: 97,
  ENETUNREACH: 101,
  ENOBUFS: 105,
  ECANCELED: 125,
} as const satisfies Record<ErrnoName, number>

/** An error that a simulated kernel can refuse a command with, or a system call fail with. */
export type ErrnoName =
  | ('EPERM' | 'ENOENT' | 'ESRCH' | 'EAGAIN' | 'ENOMEM' | 'EBUSY' | 'EEXIST' | 'ENODEV' | 'EINVAL' | 'ERANGE')
  | ('EOPNOTSUPP' | 'EAFNOSUPPORT' | 'ENETUNREACH' | 'ENOBUFS' | 'ECANCELED')

/** Thrown by what carries out a command: the kernel's "no". */
export class KernelErrno extends Error {
  /** Positive error number. */
  readonly errno: number

  constructor(error: ErrnoName | number) {
    super(String(error))
    this.errno = typeof error === 'number' ? error : ERRNO[error]
  }
}
