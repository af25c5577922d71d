import { constants } from 'node:os'
import { SysctlError } from '../errors.ts'
import type { Sysctl } from './sysctl-name.ts'

/** A failed read or write of a sysctl. */
export interface SysctlFailure {
  readonly command: 'get' | 'set'
  readonly sysctl: Sysctl
  readonly cause: unknown
  /** Whether another file exists, to explain why this one does not. */
  readonly exists: (path: string) => Promise<boolean>
}

/**
 * Creates the error for a sysctl that could not be read or written. Returns the cause itself if it does not concern the file of
 * the sysctl, for example if the network namespace cannot be entered.
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

/** Every kernel with IPVS has this file, whatever its configuration. */
const IPVS_PROBE_FILE = '/proc/sys/net/ipv4/vs/drop_entry'

async function explainAbsence(
  { name, owner, definition }: Sysctl,
  exists: (path: string) => Promise<boolean>,
): Promise<string> {
  if (name.startsWith('net.ipv4.vs.') && !(await exists(IPVS_PROBE_FILE))) {
    return 'ip_vs is not loaded; load it: modprobe ip_vs (in the network namespace of a user namespace, such as that of a rootless container, IPVS has sysctls only since Linux 6.2)'
  }
  if (owner !== undefined) {
    const { family, interface: of } = owner
    const conf = `/proc/sys/net/${family}/conf`
    if (!(await exists(`${conf}/all/forwarding`))) {
      return 'this kernel has no IPv6, or IPv6 is disabled (ipv6.disable=1)'
    }
    if (!(await exists(`${conf}/${of}/forwarding`))) {
      const mtu = family === 'ipv6' ? ', or its MTU is too small for IPv6 (1280 bytes)' : ''
      return `there is no interface ${of} in this network namespace${mtu}; ip link lists them`
    }
  }
  const { since, needs } = definition ?? {}
  if (needs !== undefined) return `this requires ${needs}`
  if (since !== undefined) return `this kernel is too old; the sysctl requires Linux ${since}`
  return 'this kernel has no such sysctl; check the name, or load the module that provides it'
}

/** The meaning of system errors for files below /proc/sys (proc_sys_permission, proc_sysctl.c; and the mount). */
const ERROR_MEANINGS: Readonly<Record<string, string>> = {
  EACCES:
    'this requires root; a sysctl that is read-only for root is set by the kernel, in the initial network namespace, or by the owner of the initial user namespace',
  EPERM: 'this requires the capability CAP_NET_ADMIN in the user namespace that owns the network namespace',
  EROFS:
    '/proc/sys is mounted read-only, as in a container; set the sysctl on the host, or when the container is started (docker run --sysctl)',
  EINVAL: 'this kernel does not accept the value',
  ERANGE: 'the value is too large, or refers to something that this machine does not have',
  EISDIR: 'this is a directory of sysctls; append the name of one',
}

function explainRefusal(command: 'get' | 'set', { name }: Sysctl, code: string): string {
  if (command === 'set' && code === 'EACCES') {
    if (name === 'net.ipv4.vs.debug_level') return 'this can be set only in the initial network namespace'
    if (name.endsWith('.mc_forwarding')) return 'only the multicast routing daemon sets this'
  }
  return ERROR_MEANINGS[code] ?? `the kernel refused to ${command} it`
}
