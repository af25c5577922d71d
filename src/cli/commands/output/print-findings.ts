import type { Finding, Severity } from '../../../host/doctor/model/finding.ts'
import { styleText, type TextStyle } from './style-text.ts'

const SEVERITY_STYLES = { error: 'red', warning: 'yellow', hint: 'cyan' } as const satisfies Record<
  Severity,
  TextStyle
>
/** What begins a further line of a text, below the first one. */
const INDENT = ' '.repeat('  shows as: '.length)

/** What was found: what is wrong, how it shows, and the way out. */
export function printFinding(finding: Finding, colours: boolean): string {
  const { id, severity, host, message, symptom, fix: mend } = finding
  const [first = '', ...further] = mend.shell.split('\n')
  const lines = [
    `${styleText(`${severity} ${id}`, SEVERITY_STYLES[severity], colours)} on ${host}: ${message}`,
    `  shows as: ${symptom}`,
    `  way out:  ${styleText(first, 'bold', colours)}`,
    ...further.map((line) => `${INDENT}${styleText(line, 'bold', colours)}`),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/** Everything that was found, and the sum of it. */
export function printFindings(findings: readonly Finding[], colours: boolean): string {
  const texts = findings.map((finding) => `${printFinding(finding, colours)}\n`)
  return `${texts.join('')}${summarize(findings)}\n`
}

function summarize(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'There is nothing wrong that the doctor knows of.'
  const counts = Object.keys(SEVERITY_STYLES).map((word) => ({
    word,
    count: findings.filter(({ severity }) => severity === word).length,
  }))
  const words = counts
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}${count === 1 ? '' : 's'}`)
  const mendable = findings.filter(({ fix: mend }) => mend.run !== undefined).length
  const way = mendable === 0 ? '' : ` lvs doctor --fix mends ${mendable} of them, and asks before each.`
  return `${words.join(', ')}.${way}`
}
