/**
 * The interface between this library and a kernel, for those who implement it.
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
