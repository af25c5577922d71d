import { describePayload } from '../../ipvs/protocol/describe.ts'
import type { ExchangeReport } from '../../netlink/transport/transport.ts'
import { describeMessage } from '../../netlink/wire/describe.ts'
import { NLMSG_HDRLEN } from '../../netlink/wire/uapi.ts'
import { align4, LITTLE_ENDIAN } from '../../netlink/wire/wire.ts'

/** One exchange of a recording. */
export interface ExchangeTranscript {
  /** Number of the socket, counted from 1 in the order of opening. */
  readonly socket: number
  /** The datagrams of the request, each as its messages in text. */
  readonly sent: readonly string[]
  /** The replies. */
  readonly received: Uint8Array
  readonly report: ExchangeReport
}

/** Formats messages: a line that describes each, and its bytes in hexadecimal, four per line. */
export function formatMessages(bytes: Uint8Array, mark: '>' | '<'): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const lines: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const whole = bytes.length - at >= NLMSG_HDRLEN
    const stated = whole ? view.getUint32(at, LITTLE_ENDIAN) : 0
    const length = stated >= NLMSG_HDRLEN ? Math.min(align4(stated), bytes.length - at) : bytes.length - at
    lines.push(
      `${mark} ${whole && stated <= bytes.length - at ? describe(view, at) : 'bytes that are not a message'}`,
    )
    for (let offset = at; offset < at + length; offset += 4) lines.push(hexLine(bytes, offset))
    at += length
  }
  return lines
}

function describe(view: DataView, at: number): string {
  const end = at + view.getUint32(at, LITTLE_ENDIAN)
  const type = view.getUint16(at + 4, LITTLE_ENDIAN)
  const flags = view.getUint16(at + 6, LITTLE_ENDIAN)
  const sequence = view.getUint32(at + 8, LITTLE_ENDIAN)
  return describeMessage(view, { start: at + NLMSG_HDRLEN, end, type, flags, sequence }, describePayload)
}

function hexLine(bytes: Uint8Array, offset: number): string {
  return `    ${Buffer.from(bytes.subarray(offset, offset + 4)).toString('hex')}`
}

/** The bytes of lines written by {@link formatMessages}. */
export function parseHexLines(lines: readonly string[]): Uint8Array {
  return Uint8Array.from(
    Buffer.from(
      lines
        .filter((line) => line.startsWith('    '))
        .join('')
        .replaceAll(' ', ''),
      'hex',
    ),
  )
}

/** Formats an exchange. */
export function formatExchange({ socket, sent, received, report }: ExchangeTranscript): string {
  const { state, datagram, awaiting, errno, syscall, sends, receives } = report
  const ending = [
    ...[`state=${state}`, `datagram=${datagram}`, `awaiting=${awaiting}`, `errno=${errno}`],
    ...[`syscall=${syscall}`, `sends=${sends}`, `receives=${receives}`],
  ]
  return [
    `exchange ${socket}`,
    ...sent,
    ...formatMessages(received, '<'),
    `end ${ending.join(' ')}`,
    '',
  ].join('\n')
}

/** Parses the lines of an exchange after its heading. */
export function parseExchange(socket: number, lines: readonly string[]): ExchangeTranscript {
  const answers = lines.findIndex((line) => line.startsWith('<') || line.startsWith('end '))
  const end = lines.findIndex((line) => line.startsWith('end '))
  const received = parseHexLines(lines.slice(answers, end))
  const words = new Map(
    (lines[end] ?? '')
      .slice(4)
      .split(' ')
      .map((word) => word.split('=') as [string, string]),
  )
  const number = (name: string) => Number(words.get(name))
  return {
    socket,
    sent: lines.slice(0, answers),
    received,
    report: {
      state: words.get('state') as ExchangeReport['state'],
      datagram: number('datagram'),
      awaiting: words.get('awaiting') === 'true',
      received: received.length,
      errno: number('errno'),
      syscall: words.get('syscall') as ExchangeReport['syscall'],
      sends: number('sends'),
      receives: number('receives'),
    },
  }
}

/** Formats the datagrams of an exchange from `first` on, separated by lines `--`. */
export function formatDatagrams(
  datagrams: Uint8Array,
  ends: Uint32Array,
  first: number,
  count: number,
): string[] {
  const lines: string[] = []
  for (let index = first; index < count; index++) {
    if (index > first) lines.push('--')
    const start = index === 0 ? 0 : ends[index - 1]!
    lines.push(...formatMessages(datagrams.subarray(start, ends[index]), '>'))
  }
  return lines
}
