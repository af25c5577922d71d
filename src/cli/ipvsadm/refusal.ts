import { ArgumentRangeError, ArgumentTypeError, IpvsError } from '../../errors.ts'

const NO_SERVICE = { ESRCH: 'No such service' }
const NO_SCHEDULER = { ENOENT: 'Scheduler or persistence engine not found' }
const SERVERS = { ESRCH: 'Service not defined', ENOENT: 'No such destination' }

/** The messages of ipvsadm, which scripts search for, by command and error. */
const MESSAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  addService: { EEXIST: 'Service already exists', ...NO_SCHEDULER },
  updateService: { ...NO_SERVICE, ...NO_SCHEDULER },
  removeService: NO_SERVICE,
  service: NO_SERVICE,
  zero: NO_SERVICE,
  addDestination: { ...SERVERS, EEXIST: 'Destination already exists' },
  updateDestination: SERVERS,
  removeDestination: SERVERS,
  startDaemon: { EEXIST: 'Daemon has already run' },
  stopDaemon: { ESRCH: 'No daemon is running' },
}
const GENERAL_MESSAGES: Readonly<Record<string, string>> = {
  EPERM: 'Permission denied (you must be root)',
  EINVAL: 'Invalid operation',
  ENODEV: 'No such device',
  ERANGE: 'Numerical result out of range',
  ENETUNREACH: 'Network is unreachable',
}

/**
 * The message for an error: the message of ipvsadm, followed by the explanation of this library where ipvsadm has only a
 * general message.
 */
export function describeFailure(error: unknown): string {
  if (error instanceof ArgumentRangeError || error instanceof ArgumentTypeError)
    return describeArgument(error)
  if (!(error instanceof IpvsError)) return error instanceof Error ? error.message : String(error)
  const { command, code, explanation } = error
  const sentence = MESSAGES[command]?.[code]
  if (sentence !== undefined) return sentence
  const general = GENERAL_MESSAGES[code]
  return general === undefined ? explanation : `${general}: ${explanation}`
}

/** The message for an error that this library detects itself. The parser checks everything but schedulers and thresholds. */
function describeArgument({ field, message }: ArgumentRangeError | ArgumentTypeError): string {
  return field === 'scheduler' || field === 'persistenceEngine'
    ? NO_SCHEDULER.ENOENT
    : `Numerical result out of range: ${message}`
}

/** Whether the process has no privilege for IPVS. */
export function isDenied(error: unknown): boolean {
  return error instanceof IpvsError && error.code === 'EPERM'
}
