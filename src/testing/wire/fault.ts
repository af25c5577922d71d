import type { ErrnoName } from './kernel-errno.ts'

/** A fault. */
export type Fault =
  | {
      /** The kernel refuses the command and does not execute it. */
      readonly kind: 'refuse'
      /** The error that it reports. */
      readonly error: ErrnoName
    }
  | {
      /** The kernel executes the command and sends no reply, as it does with a daemon that is stopped too early. */
      readonly kind: 'silence'
    }
  | {
      /**
       * The receive buffer overflows (ENOBUFS): the kernel executes the commands of the datagram, and only the first few of
       * their replies survive.
       */
      readonly kind: 'overrun'
      /** Number of replies that survive. Default 0. */
      readonly keep?: number | undefined
    }
  | {
      /** The reply is truncated, and the kernel reports it (MSG_TRUNC). */
      readonly kind: 'truncate'
      /** Bytes missing at its end. Default 4. */
      readonly bytes?: number | undefined
    }
  | {
      /** The reply is truncated, and the kernel does not report it. */
      readonly kind: 'tear'
      /** Bytes missing at its end. Default 4. */
      readonly bytes?: number | undefined
    }
  | {
      /** The reply has the sequence number of a request that was never sent. */
      readonly kind: 'foreign-sequence'
    }
  | {
      /** The datagram is delayed. */
      readonly kind: 'delay'
      /** Real milliseconds. */
      readonly milliseconds: number
    }
  | {
      /** The kernel executes the datagram, and the exchange never ends. */
      readonly kind: 'hang'
    }
  | {
      /** A system call on the socket fails. */
      readonly kind: 'system-call'
      /** `sendmsg`: the datagram is not sent. `recvmmsg`: the kernel executes the datagram, and its replies cannot be read. */
      readonly call: 'sendmsg' | 'recvmmsg'
      /** The error of the system call. */
      readonly error: ErrnoName
    }
  | {
      /** Another event happens before the command: another client changes the table, or the module is unloaded. */
      readonly kind: 'meanwhile'
      /** Causes the event; {@link SimulatedKernel.run} executes commands of another client. */
      readonly run: () => void
    }
  | {
      /** Another event happens between the first block of a dump and the second. */
      readonly kind: 'between-blocks'
      /** Causes the event. */
      readonly run: () => void
    }
