import type { Finding } from '../../../host/doctor/model/finding.ts'
import type { Screen } from '../../io/command-io.ts'
import { type ConfirmOptions, confirm } from '../options/confirm.ts'
import { describeFailure } from '../../io/failure.ts'
import { printFinding } from '../output/print-findings.ts'

/** What is left to be done after some findings were mended. */
export interface Mended {
  readonly findings: readonly Finding[]
  /** Whether something could not be done. */
  readonly failed: boolean
}

/**
 * Mends what can be mended from here, one by one, each after a question. The host is examined again after each: one mend may
 * be that of several findings.
 */
export async function mendEach(
  examine: () => Promise<readonly Finding[]>,
  options: ConfirmOptions,
  screen: Screen,
): Promise<Mended> {
  const seen = new Set<string>()
  for (let failed = false; ; ) {
    const findings = await examine()
    const next = findings.find(({ mend }) => mend.run !== undefined && !seen.has(mend.call))
    if (next?.mend.run === undefined) return { findings, failed }
    seen.add(next.mend.call)
    screen.print(printFinding(next, screen.colours))
    if (!(await confirm('Do that?', options, screen))) continue
    try {
      await next.mend.run()
      screen.print('Done.\n\n')
    } catch (error) {
      screen.complain(`lvs: ${describeFailure(error).message}`)
      failed = true
    }
  }
}
