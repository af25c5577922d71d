import { constants } from 'node:os'
import { SysctlError } from '../errors.ts'
import type { Sysctl } from './sysctl-name.ts'

/** A file that could not be read or written, and what is known about it. */
export interface SysctlFailure {
  readonly command: 'get' | 'set'
  readonly sysctl: Sysctl
  readonly cause: unknown
  /** Says whether there is another file, to tell why there is not this one. */
  readonly exists: (path: string) => Promise<boolean>
}

/**
 * The error for a sysctl that could not be read or written. What is no answer of the kernel about its file, such as a
 * network namespace that cannot be entered, is given back as it is.
 */
export async function toSysctlError({ command, sysctl, cause, exists }: SysctlFailure): Promise<unknown> {
  const { code, path, syscall } = (cause ?? {}) as { code?: string; path?: string; syscall?: string }
  const errno = constants.errno[code as keyof typeof constants.errno] as number | undefined
  const isAboutFile = syscall !== 'setns' && (path === undefined || path === sysctl.path)
  if (code === undefined || errno === undefined || !isAboutFile) return cause
  const explanation =
    code === 'ENOENT' ? await explainAbsence(sysctl, exists) : explainRefusal(command, sysctl, code)
  const subject = sysctl.name
  return new SysctlError({ code, errno, command, subject, kernelMessage: undefined, explanation }, { cause })
}

/** Whether an error says that there is no such sysctl. */
export function isNoSuchSysctl(error: unknown): boolean {
  return error instanceof SysctlError && error.code === 'ENOENT'
}

/** Every kernel with IPVS has this one, whatever it was built with. */
const IPVS_PROBE_FILE = '/proc/sys/net/ipv4/vs/drop_entry'

async function explainAbsence(
  { name, owner, definition }: Sysctl,
  exists: (path: string) => Promise<boolean>,
): Promise<string> {
  if (name.startsWith('net.ipv4.vs.') && !(await exists(IPVS_PROBE_FILE))) {
    return 'ip_vs is not loaded; load it: modprobe ip_vs (in a network namespace of a user namespace, as of a rootless container, Linux shows the sysctls of IPVS only since 6.2)'
  }
  if (owner !== undefined) {
    const { family, interface: of } = owner
    const conf = `/proc/sys/net/${family}/conf`
    if (!(await exists(`${conf}/all/forwarding`))) {
      return 'this kernel has no IPv6, or has it switched off (ipv6.disable=1)'
    }
    if (!(await exists(`${conf}/${of}/forwarding`))) {
      const mtu = family === 'ipv6' ? ', or its MTU is too small for IPv6 (1280 bytes)' : ''
      return `there is no interface ${of} in this network namespace${mtu}; ip link lists those there are`
    }
  }
  const { since, needs } = definition ?? {}
  if (needs !== undefined) return `this takes ${needs}`
  if (since !== undefined) return `this kernel is too old; it takes Linux ${since}`
  return 'this kernel has no such sysctl; check the name, or load the module that brings it'
}

/** What the system's errors mean for a file below /proc/sys (proc_sys_permission, proc_sysctl.c; and the mount). */
const ERROR_MEANINGS: Readonly<Record<string, string>> = {
  EACCES:
    'this needs root; what is read-only even then belongs to the kernel, to the initial network namespace, or to the owner of the initial user namespace',
  EPERM: 'this needs the capability CAP_NET_ADMIN in the user namespace that owns the network namespace',
  EROFS:
    '/proc/sys is mounted read-only, as in a container; set it on the host, or have whoever starts the container set it (docker run --sysctl)',
  EINVAL: 'this kernel does not take the value',
  ERANGE: 'the value names what this machine does not have, or is too large',
  EISDIR: 'this is a directory of sysctls; add the name of one',
}

function explainRefusal(command: 'get' | 'set', { name }: Sysctl, code: string): string {
  if (command === 'set' && code === 'EACCES') {
    if (name === 'net.ipv4.vs.debug_level') return 'this can be set in the initial network namespace only'
    if (name.endsWith('.mc_forwarding')) return 'this is set by the multicast routing daemon alone'
  }
  return ERROR_MEANINGS[code] ?? `the kernel refused to ${command} it`
}
