import { escapeControls } from '../../../control-characters.ts'
import type { Finding, Severity } from '../../../host/doctor/model/finding.ts'
import { styleText, type TextStyle } from '../../io/terminal-text.ts'

const SEVERITY_STYLES = {
  error: 'red',
  warning: 'yellow',
  hint: 'cyan',
} as const satisfies Record<Severity, TextStyle>

/** Aligns the further lines of a fix with its first. */
const INDENT = ' '.repeat('  symptom: '.length)

/** Formats a finding: the problem, its symptom and the fix. */
export function printFinding(finding: Finding, colours: boolean): string {
  const { id, severity, host, message, symptom, fix } = finding
  const [first = '', ...further] = fix.shell.split('\n')
  const lines = [
    `${styleText(`${severity} ${id}`, SEVERITY_STYLES[severity], colours)} on ${escapeControls(`${host}: ${message}`)}`,
    `  symptom: ${escapeControls(symptom)}`,
    `  fix:     ${styleText(first, 'bold', colours)}`,
    ...further.map((line) => `${INDENT}${styleText(line, 'bold', colours)}`),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/** Formats findings and a summary. */
export function printFindings(findings: readonly Finding[], colours: boolean): string {
  const texts = findings.map((finding) => `${printFinding(finding, colours)}\n`)
  return `${texts.join('')}${summarize(findings)}\n`
}

function summarize(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'No problems found.'
  const counts = Object.keys(SEVERITY_STYLES).map((word) => ({
    word,
    count: findings.filter(({ severity }) => severity === word).length,
  }))
  const words = counts
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}${count === 1 ? '' : 's'}`)
  // `--fix` applies fixes of hints only with `--hints`.
  const fixable = findings.filter(({ severity, fix }) => severity !== 'hint' && fix.run !== undefined).length
  const target = fixable < findings.length ? `${fixable} of them` : fixable === 1 ? 'it' : 'them'
  const hint = fixable === 0 ? '' : ` Run lvs doctor --fix to fix ${target}.`
  return `${words.join(', ')}.${hint}`
}
