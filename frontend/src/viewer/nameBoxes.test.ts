import { expect, test } from 'vitest'
import { placeNames, writtenOn } from './nameBoxes'

const size = { width: 460, height: 380 }
const at = (number: number, text: string, x: number, y: number) => ({ number, text, at: [x, y] as const })

test('a name stands left of its vertebra where there is room', () => {
  expect(placeNames([at(1, 'L2', 200, 150)], size, writtenOn(size, true))).toEqual([{ number: 1, text: 'L2', x: 190, y: 150 }])
})

test('names keep off the caption, the letters and one another, and within the pane', () => {
  const wanted = [at(1, 'T12', 130, 12), at(2, 'L1', 236, 20), at(3, 'L2', 20, 186), at(4, 'L3', 21, 190), at(5, 'L4', 120, 372)]
  const placed = placeNames(wanted, size, writtenOn(size, true))
  const boxes = placed.map(({ text, x, y }) => ({ left: x - text.length * 11.5, right: x, top: y - 10, bottom: y + 10 }))
  expect(placed.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5])
  const others = writtenOn(size, true)
  boxes.forEach((box, place) => {
    expect(box.left >= 0 && box.right <= size.width && box.top >= 0 && box.bottom <= size.height).toBe(true)
    for (const other of [...others, ...boxes.slice(0, place)])
      expect(box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom).toBe(false)
  })
})

test('a vertebra outside the pane has no name on it', () => {
  expect(placeNames([at(1, 'L5', 200, 420), at(2, 'T8', 200, -40), at(3, 'L1', 600, 100)], size, [])).toEqual([])
})
