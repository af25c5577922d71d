import type { Command } from '../../dialect/ipvsadm/parse/command.ts'
import { type SystemNames, UnknownHost } from '../../dialect/ipvsadm/parse/names.ts'
import { parse } from '../../dialect/ipvsadm/parse/parse.ts'

/** Reads a command line, and looks up the hosts that it names. */
export async function parseWithNames(words: readonly string[], names: SystemNames): Promise<Command> {
  for (;;) {
    try {
      return parse(words, names)
    } catch (error) {
      if (!(error instanceof UnknownHost)) throw error
      await names.lookUp(error.host)
    }
  }
}
