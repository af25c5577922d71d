import { describeSorting } from '../model/arrange.ts'
import type { DestinationRow } from '../model/table-snapshot.ts'
import type { View, WeightChange } from '../model/view.ts'
import { type Line, shorten, span, spread, wrap } from './line.ts'

/** Marks the position of the next character. */
const CURSOR = '_'
/** The hints in the footer, as many as fit. */
const KEY_HINTS = [
  ...['q quit', '? help', '/ filter', 's sort', 'r reverse'],
  ...['d drain', 'w weight', 'Space pause', 'u undrain', '+ slower', '- faster'],
]
const KEY_HINT_GAP = '  '

/** The first line: title, time and sorting. */
export function renderHeader(view: View, width: number): Line {
  const { time, interval, netns, isPaused, sorting, filter } = view
  const left: Line = [
    span('lvs top', 'strong'),
    ...(netns === undefined ? [] : [span(`   ${netns}`)]),
    span(`   ${time}   `),
    isPaused ? span('paused', 'warning') : span(`every ${interval} s`),
    ...(filter === '' ? [] : [span('   '), span(`filter "${filter}"`, 'warning')]),
  ]
  return spread(left, [span(`sorted ${describeSorting(sorting)}`)], width)
}

/** The last lines: a question, a message or the key hints. */
export function renderFooter({ mode, notice, filter }: View, width: number): Line[] {
  switch (mode.kind) {
    case 'filter':
      return [renderQuestion(`filter: ${filter}${CURSOR}`, 'Enter to keep, Esc to cancel', width)]
    case 'weight': {
      const { destination, text } = mode
      const rest = ` (now ${destination.weight}): ${text}${CURSOR}`
      return [
        renderQuestion(
          formatAboutDestination('weight of ', destination, rest, width),
          'Enter to set, Esc to cancel',
          width,
        ),
      ]
    }
    case 'confirm':
      return [[span(formatConfirmation(mode.change, width), 'strong')]]
    case 'help':
      return [[span('press any key to return', 'faint')]]
    case 'table':
      if (notice === undefined) return [[span(formatKeyHints(width), 'faint')]]
      return wrap(notice.text, width).map((text) => [span(text, notice.isError ? 'error' : 'strong')])
  }
}

/** The question before a change. */
function formatConfirmation({ destination, weight, kind }: WeightChange, width: number): string {
  const about = (before: string, after: string) => formatAboutDestination(before, destination, after, width)
  switch (kind) {
    case 'drain':
      return about('drain ', '? (y/n)')
    case 'undrain':
      return about(`restore weight ${weight} of `, '? (y/n)')
    case 'set':
      return about('change the weight of ', ` from ${destination.weight} to ${weight}? (y/n)`)
  }
}

/** A sentence about a destination. On a narrow screen the name is shortened, not the question. */
function formatAboutDestination(
  before: string,
  { name, service }: DestinationRow,
  after: string,
  width: number,
): string {
  return before + shorten(`${name} of ${service}`, width - before.length - after.length) + after
}

function renderQuestion(question: string, hint: string, width: number): Line {
  return spread([span(question, 'strong')], [span(hint, 'faint')], width)
}

function formatKeyHints(width: number): string {
  return KEY_HINTS.reduce((text, key) => {
    const longer = text === '' ? key : text + KEY_HINT_GAP + key
    return longer.length <= width ? longer : text
  }, '')
}
