/**
 * The interface between this library and a kernel, for implementations of other transports.
 *
 * @packageDocumentation
 */

export type {
  ExchangeReport,
  ExchangeRequest,
  ExchangeState,
  HostTransport,
  NetlinkProtocol,
  NetlinkSocket,
  Transport,
} from './transport/transport.ts'
