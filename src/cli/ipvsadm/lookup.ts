import type { IpvsadmCommand } from '../../dialect/ipvsadm/parse/command.ts'
import { type SystemNames, UnknownHost } from '../../dialect/ipvsadm/parse/names.ts'
import { parseCommand } from '../../dialect/ipvsadm/parse/parse.ts'

/** Reads a command line, and looks up the hosts that it names. */
export async function parseWithNames(words: readonly string[], names: SystemNames): Promise<IpvsadmCommand> {
  for (;;) {
    try {
      return parseCommand(words, names)
    } catch (error) {
      if (!(error instanceof UnknownHost)) throw error
      await names.lookUpAddress(error.host)
    }
  }
}
