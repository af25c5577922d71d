/** The rules that every sequence of commands from one table to another must obey. */

import { formatEndpoint, formatService } from '../../../src/ipvs/model/service-key.ts'
import type { StepCommand } from '../../../src/state/model/step.ts'
import type { CurrentTable } from '../../../src/state/model/table.ts'

/** Inspects a table before and after every command. Violations are sentences. */
export class OrderRules {
  readonly violations: string[] = []
  /** Services that exist before and after, with the destinations that exist before and after. */
  readonly #staying: ReadonlyMap<string, ReadonlySet<string>>
  /** Those of them that can serve clients before and after. */
  readonly #serving: ReadonlySet<string>
  #takes = ''

  constructor(from: CurrentTable, to: CurrentTable) {
    const [before, after] = [endpointsOf(from), endpointsOf(to)]
    this.#staying = new Map(
      [...before]
        .filter(([name]) => after.has(name))
        .map(([name, endpoints]) => [
          name,
          new Set([...endpoints.keys()].filter((each) => after.get(name)!.has(each))),
        ]),
    )
    const serves = (endpoints: ReadonlyMap<string, number> | undefined) =>
      [...(endpoints?.values() ?? [])].some((weight) => weight > 0)
    this.#serving = new Set(
      [...before.keys()].filter((name) => serves(before.get(name)) && serves(after.get(name))),
    )
  }

  check(command: StepCommand, table: CurrentTable): void {
    const now = endpointsOf(table)
    const text = JSON.stringify(command)
    for (const [name, endpoints] of this.#staying) {
      const there = now.get(name)
      if (there === undefined) this.violations.push(`${name} was gone on the way: ${text}`)
      for (const endpoint of endpoints) {
        if (there?.has(endpoint) === false)
          this.violations.push(`${endpoint} of ${name} was gone on the way: ${text}`)
      }
    }
    for (const name of this.#serving) {
      if (![...(now.get(name)?.values() ?? [])].some((weight) => weight > 0)) {
        this.violations.push(`${name} had no active destination on the way: ${text}`)
      }
    }
    this.#checkOrder(command, text)
  }

  /** Everything is added before anything is removed. */
  #checkOrder({ command }: StepCommand, text: string): void {
    if (command.startsWith('remove')) this.#takes = text
    else if (command.startsWith('add') && this.#takes !== '') {
      this.violations.push(`${text} came after ${this.#takes}`)
    }
  }
}

function endpointsOf({ services }: CurrentTable): Map<string, Map<string, number>> {
  return new Map(
    services.map((service) => [
      formatService(service),
      new Map(
        service.destinations.map(({ address, port, weight }) => [formatEndpoint(address, port), weight]),
      ),
    ]),
  )
}
