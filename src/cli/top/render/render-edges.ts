import { describeSorting } from '../model/arrange.ts'
import type { DestinationRow } from '../model/table-snapshot.ts'
import type { View, WeightChange } from '../model/view.ts'
import { type Line, shorten, span, spread, wrap } from './line.ts'

/** Where a text is typed. */
const CURSOR = '_'
/** What is shown of the keys, as far as there is room. */
const KEY_HINTS = [
  ...['q quit', '? help', '/ filter', 's sort', 'r reverse'],
  ...['d drain', 'w weight', 'Space hold', 'u undrain', '+ slower', '- faster'],
]
const KEY_HINT_GAP = '  '

/** The first line: what this is, when, and how it is sorted. */
export function renderHeader(view: View, width: number): Line {
  const { time, interval, netns, isPaused, sorting, filter } = view
  const left: Line = [
    span('lvs top', 'strong'),
    ...(netns === undefined ? [] : [span(`   ${netns}`)]),
    span(`   ${time}   `),
    isPaused ? span('held', 'warning') : span(`every ${interval} s`),
    ...(filter === '' ? [] : [span('   '), span(`names with "${filter}"`, 'warning')]),
  ]
  return spread(left, [span(`sorted ${describeSorting(sorting)}`)], width)
}

/** The end: a question, or what there is to say, or what keys do. */
export function renderFooter({ mode, notice, filter }: View, width: number): Line[] {
  switch (mode.kind) {
    case 'filter':
      return [renderQuestion(`show names with: ${filter}${CURSOR}`, 'Enter keeps it, Esc does not', width)]
    case 'weight': {
      const { destination, text } = mode
      const rest = `, now ${destination.weight}: ${text}${CURSOR}`
      return [
        renderQuestion(
          formatAboutDestination('weight of ', destination, rest, width),
          'Enter, or Esc',
          width,
        ),
      ]
    }
    case 'confirm':
      return [[span(formatConfirmation(mode.change, width), 'strong')]]
    case 'help':
      return [[span('any key goes back', 'faint')]]
    case 'table':
      if (notice === undefined) return [[span(formatKeyHints(width), 'faint')]]
      return wrap(notice.text, width).map((text) => [span(text, notice.isError ? 'alarm' : 'strong')])
  }
}

/** What is about to happen, and to what. */
function formatConfirmation({ destination, weight, verb }: WeightChange, width: number): string {
  const about = (before: string, after: string) => formatAboutDestination(before, destination, after, width)
  switch (verb) {
    case 'drain':
      return about('drain ', '? (y/n)')
    case 'undrain':
      return about('give ', ` its weight of ${weight} back? (y/n)`)
    case 'weigh':
      return about('change the weight of ', ` from ${destination.weight} to ${weight}? (y/n)`)
  }
}

/** A sentence about a destination: where there is no room for all of it, its name is cut and not what is asked. */
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
