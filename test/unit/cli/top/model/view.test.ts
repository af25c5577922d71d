import { describe, expect, it } from 'vitest'
import {
  clampSelection,
  moveSelection,
  recordChange,
  selectedRow,
  type View,
} from '../../../../../src/cli/top/model/view.ts'
import { serviceRow, viewOf } from '../../../../support/cli/top-rows.ts'

/** A service with this number of destinations. */
const many = (count: number) =>
  serviceRow(
    'tcp://192.0.2.1:80',
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`10.0.0.${index + 1}:80`, {}])),
  )
const select = (view: View, step: number, height = 10) => clampSelection(moveSelection(view, step), height)

describe('the selection', () => {
  it('is at first the first row', () => {
    expect(selectedRow(clampSelection(viewOf([many(3)]), 10))?.name).toBe('tcp://192.0.2.1:80')
  })

  it('moves within the rows', () => {
    const view = clampSelection(viewOf([many(3)]), 10)
    expect(selectedRow(select(view, 2))?.name).toBe('10.0.0.2:80')
    expect(selectedRow(select(view, 99))?.name).toBe('10.0.0.3:80')
    expect(selectedRow(select(view, -1))?.name).toBe('tcp://192.0.2.1:80')
  })

  it('follows its row when others are inserted before it', () => {
    const view = select(viewOf([many(3)]), 2)
    const more = viewOf([serviceRow('fwmark://7'), many(3)]).snapshot
    expect(selectedRow(clampSelection({ ...view, snapshot: more }, 10))?.name).toBe('10.0.0.2:80')
  })

  it('keeps its position when its row is removed', () => {
    const view = select(viewOf([many(3)]), 3)
    expect(selectedRow(clampSelection({ ...view, snapshot: viewOf([many(2)]).snapshot }, 10))?.name).toBe(
      '10.0.0.2:80',
    )
    const empty = clampSelection({ ...view, snapshot: viewOf([]).snapshot }, 10)
    expect(selectedRow(empty)).toBeUndefined()
    expect(select(empty, 1).firstRow).toBe(0)
  })
})

describe('scrolling', () => {
  it('keeps the selection visible', () => {
    const view = clampSelection(viewOf([many(30)]), 10)
    expect(select(view, 9).firstRow).toBe(0)
    expect(select(view, 10).firstRow).toBe(1)
    const end = select(view, 99)
    expect(end.firstRow).toBe(21)
    expect(select(end, -9).firstRow).toBe(21)
    expect(select(end, -10).firstRow).toBe(20)
  })

  it('leaves no space empty when rows are removed or the screen grows', () => {
    const end = select(clampSelection(viewOf([many(30)]), 10), 99)
    expect(clampSelection({ ...end, snapshot: viewOf([many(15)]).snapshot }, 10).firstRow).toBe(6)
    expect(clampSelection(end, 100).firstRow).toBe(0)
  })
})

describe('a change of weight', () => {
  const view = viewOf([many(1)])
  const [destination] = view.snapshot.services[0]!.destinations

  it('is reported, and a drained destination can be undrained', () => {
    const drained = recordChange(view, { destination: destination!, weight: 0, kind: 'drain' })
    expect(drained.notice?.text).toBe('weight of 10.0.0.1:80 of tcp://192.0.2.1:80 changed from 1 to 0')
    expect(drained.drained.get(destination!.id)).toBe(1)
    const back = recordChange(drained, { destination: destination!, weight: 1, kind: 'undrain' })
    expect(back.drained.size).toBe(0)
  })
})
