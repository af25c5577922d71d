import { Ipvs, type OpenOptions } from '../../../../src/index.ts'
import { CALLS } from './calls.ts'

/** The outcome of a call: `done`, or the properties of its error. */
export type CallOutcome =
  | 'done'
  | Readonly<Record<'message' | 'code' | 'errno' | 'command' | 'subject', unknown>>

/** The outcomes of all calls of a client, made concurrently, and the result of probing before. */
export interface CallOutcomes {
  readonly probed: { readonly available: boolean; readonly reason: string | undefined }
  readonly endings: Readonly<Record<string, CallOutcome>>
}

/** Makes every call of a client once. */
export async function callEveryMethod(options: OpenOptions = {}): Promise<CallOutcomes> {
  const probed = await Ipvs.probe(options)
  await using ipvs = await Ipvs.open(options)
  const endings = await Promise.all(
    Object.entries(CALLS).map(async ([name, call]) => [name, await outcomeOf(call(ipvs))] as const),
  )
  const reason = probed.available ? undefined : probed.reason
  return { probed: { available: probed.available, reason }, endings: Object.fromEntries(endings) }
}

async function outcomeOf(call: Promise<unknown>): Promise<CallOutcome> {
  try {
    await call
    return 'done'
  } catch (error) {
    const { message, code, errno, command, subject } = error as Record<string, unknown>
    return { message, code, errno, command, subject }
  }
}
