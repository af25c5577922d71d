import { describe, expect, it } from 'vitest'
import { OptionScanner } from '../../../../../src/dialect/ipvsadm/parse/option-scanner.ts'
import { type OptionDefinition, OptionIndex } from '../../../../../src/dialect/ipvsadm/vocabulary/options.ts'

const OPTIONS = new OptionIndex<OptionDefinition>([
  { long: 'list', letter: 'L', argument: 'none' },
  { long: 'numeric', letter: 'n', argument: 'none' },
  { long: 'tcp-service', letter: 't', argument: 'required' },
  { long: 'persistent', letter: 'p', argument: 'optional' },
])

/**
 * The options of a command line with their values, then the words that are not options, then the reason if scanning stopped
 * early.
 */
function scan(...words: string[]) {
  const scanner = new OptionScanner(OPTIONS, words)
  const options: string[] = []
  for (let option = scanner.next(); option !== undefined; option = scanner.next()) {
    options.push(scanner.value === undefined ? option.long : `${option.long}=${scanner.value}`)
  }
  return { options, rest: scanner.rest, failure: scanner.failure }
}

function optionsOf(...words: string[]): string[] {
  const { options, failure } = scan(...words)
  expect(failure).toBeUndefined()
  return options
}

describe('OptionScanner', () => {
  it('reads single letters and joined letters', () => {
    expect(optionsOf('-L', '-n')).toEqual(['list', 'numeric'])
    expect(optionsOf('-Ln')).toEqual(['list', 'numeric'])
  })

  it('reads a value that follows, is joined, or follows an equals sign', () => {
    for (const words of [['-t', 'a'], ['-ta'], ['-t=a'], ['--tcp-service', 'a'], ['--tcp-service=a']]) {
      expect(optionsOf(...words)).toEqual(['tcp-service=a'])
    }
    expect(optionsOf('-Lta')).toEqual(['list', 'tcp-service=a'])
    expect(optionsOf('-t=')).toEqual(['tcp-service='])
    expect(optionsOf('-t', '-n')).toEqual(['tcp-service=-n'])
  })

  it('reads no optional value before another option or at the end', () => {
    expect(optionsOf('-p', '-n')).toEqual(['persistent', 'numeric'])
    expect(optionsOf('-p')).toEqual(['persistent'])
    expect(optionsOf('-p', '60')).toEqual(['persistent=60'])
    expect(optionsOf('-p60')).toEqual(['persistent=60'])
    expect(optionsOf('--persistent', '60', '-n')).toEqual(['persistent=60', 'numeric'])
    expect(optionsOf('-p', '')).toEqual(['persistent='])
  })

  it('keeps words that are not options, and everything after --', () => {
    expect(scan('a', '-L', '-', 'b', '--', '-n', '--').rest).toEqual(['a', '-', 'b', '-n', '--'])
  })

  it.each([
    [['-Q'], '-Q', 'unknown option'],
    [['-LQn'], '-LQn', 'unknown option'],
    [['--what'], '--what', 'unknown option'],
    [['--lis'], '--lis', 'unknown option'],
    [['-t'], '-t', 'missing argument'],
    [['-Lt'], '-Lt', 'missing argument'],
    [['--tcp-service'], '--tcp-service', 'missing argument'],
    [['--list=a'], '--list=a', 'option does not take an argument'],
    [['-L=a'], '-L=a', 'option does not take an argument'],
  ])('stops at %s', (words, spelling, reason) => {
    expect(scan(...words, '-n').failure ?? scan(...words).failure).toBeDefined()
    expect(scan(...words).failure).toEqual({ spelling, reason })
  })
})
