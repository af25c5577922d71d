import type { Finding } from '../../../host/doctor/model/finding.ts'
import type { Terminal } from '../../io/command-io.ts'
import { describeFailure } from '../../io/failure.ts'
import { type ConfirmOptions, confirm } from '../options/confirm.ts'
import { printFinding } from '../output/print-findings.ts'

/** What is left to be done after some findings were mended. */
export interface FixResult {
  readonly findings: readonly Finding[]
  /** Whether something could not be done. */
  readonly failed: boolean
}

/**
 * Mends what can be mended from here, one by one, each after a question. The host is examined again after each: one mend may
 * be that of several findings.
 */
export async function fixEach(
  examine: () => Promise<readonly Finding[]>,
  options: ConfirmOptions,
  screen: Terminal,
): Promise<FixResult> {
  const seen = new Set<string>()
  for (let failed = false; ; ) {
    const findings = await examine()
    const next = findings.find(({ fix: mend }) => mend.run !== undefined && !seen.has(mend.call))
    if (next?.fix.run === undefined) return { findings, failed }
    seen.add(next.fix.call)
    screen.print(printFinding(next, screen.colours))
    if (!(await confirm('Do that?', options, screen))) continue
    try {
      await next.fix.run()
      screen.print('Done.\n\n')
    } catch (error) {
      screen.printError(`lvs: ${describeFailure(error).message}`)
      failed = true
    }
  }
}
