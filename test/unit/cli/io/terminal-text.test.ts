import { describe, expect, it } from 'vitest'
import { styleText, toTerminalText } from '../../../../src/cli/io/terminal-text.ts'
import { escapeControls } from '../../../../src/control-characters.ts'

const CONTROLS = [...Array(0x20).keys(), ...Array.from({ length: 0x21 }, (_, index) => 0x7f + index)].map(
  (code) => String.fromCharCode(code),
)

describe('output for a terminal', () => {
  it.each([false, true])(
    'has no control character but ends of lines and tabulators (styled: %s)',
    (styled) => {
      for (const control of CONTROLS) {
        const code = control.charCodeAt(0).toString(16).padStart(4, '0')
        const expected = '\n\t'.includes(control) ? `a${control}b` : `a\\u${code}b`
        expect(toTerminalText(`a${control}b`, styled)).toBe(expected)
      }
    },
  )

  it('keeps every other character', () => {
    const text = 'é\u00a0日本 🙂 \\u001b ~|'
    expect(toTerminalText(text, true)).toBe(text)
    expect(escapeControls(text)).toBe(text)
  })

  it('keeps the styles of the program, and no other sequence', () => {
    const styled = styleText('bad', 'red', true)
    expect(styled).toBe('\u001b[31mbad\u001b[39m')
    expect(toTerminalText(`${styled}\n`, true)).toBe(`${styled}\n`)
    expect(toTerminalText(`${styled}\n`, false)).toBe('\\u001b[31mbad\\u001b[39m\n')
    for (const sequence of ['\u001b[8m', '\u001b]0;title\u0007', '\u001b[2J', '\u001bc', '\u009b31m']) {
      expect(toTerminalText(sequence, true)).not.toContain(sequence)
    }
  })

  it('shows the control characters of a styled text, so that a name cannot end its style or its line', () => {
    const expected = 'eth0\\u001b[39m\\u000aroot# '
    expect(styleText('eth0\u001b[39m\nroot# ', 'red', false)).toBe(expected)
    expect(styleText('eth0\u001b[39m\nroot# ', 'red', true)).toBe(`\u001b[31m${expected}\u001b[39m`)
  })

  it('does not change the values of JSON', () => {
    const value = { name: CONTROLS.join('') }
    const json = toTerminalText(JSON.stringify(value, undefined, 2), true)
    expect(CONTROLS.filter((each) => each !== '\n' && json.includes(each))).toEqual([])
    expect(JSON.parse(json)).toEqual(value)
  })
})
