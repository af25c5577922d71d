import { describeSorting } from '../model/arrange.ts'
import { type Line, shorten, span, spread, wrap } from './line.ts'
import type { DestinationRow } from '../model/table-snapshot.ts'
import type { View, WeightChange } from '../model/view.ts'

/** Where a text is typed. */
const CURSOR = '_'
/** What is shown of the keys, as far as there is room. */
const KEYS = [
  ...['q quit', '? help', '/ filter', 's sort', 'r reverse'],
  ...['d drain', 'w weight', 'Space hold', 'u undrain', '+ slower', '- faster'],
]
const KEY_GAP = '  '

/** The first line: what this is, when, and how it is sorted. */
export function paintHeader(view: View, width: number): Line {
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
export function paintFooter({ mode, notice, filter }: View, width: number): Line[] {
  switch (mode.kind) {
    case 'filter':
      return [ask(`show names with: ${filter}${CURSOR}`, 'Enter keeps it, Esc does not', width)]
    case 'weight': {
      const { destination, text } = mode
      const rest = `, now ${destination.weight}: ${text}${CURSOR}`
      return [ask(aboutDestination('weight of ', destination, rest, width), 'Enter, or Esc', width)]
    }
    case 'confirm':
      return [[span(confirmation(mode.change, width), 'strong')]]
    case 'help':
      return [[span('any key goes back', 'faint')]]
    case 'table':
      if (notice === undefined) return [[span(listKeys(width), 'faint')]]
      return wrap(notice.text, width).map((text) => [span(text, notice.isAlarm ? 'alarm' : 'strong')])
  }
}

/** What is about to happen, and to what. */
function confirmation({ destination, weight, verb }: WeightChange, width: number): string {
  const about = (before: string, after: string) => aboutDestination(before, destination, after, width)
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
function aboutDestination(
  before: string,
  { name, service }: DestinationRow,
  after: string,
  width: number,
): string {
  return before + shorten(`${name} of ${service}`, width - before.length - after.length) + after
}

function ask(question: string, hint: string, width: number): Line {
  return spread([span(question, 'strong')], [span(hint, 'faint')], width)
}

function listKeys(width: number): string {
  return KEYS.reduce((text, key) => {
    const longer = text === '' ? key : text + KEY_GAP + key
    return longer.length <= width ? longer : text
  }, '')
}
