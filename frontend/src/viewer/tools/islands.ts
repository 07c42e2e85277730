/** Pieces of a level that are apart from its body, and pieces of other levels that belong to it. */
import { type Outcome, refuse, type ToolInput } from './input'
import { eachNeighbour, largestOf, type Pieces, piecesOf, stepsTo } from './pieces'

const CORNERS = stepsTo('corners')
const FACES = stepsTo('faces')

const piecesOfLevel = ({ grid, labels }: ToolInput, number: number): Pieces =>
  piecesOf(grid.dims, (index) => labels[index] === number, CORNERS)

/** Takes away all pieces of the level in hand but the largest (the first of equals). */
export function keepLargest(input: ToolInput): Outcome {
  const pieces = piecesOfLevel(input, input.active)
  const main = largestOf(pieces)
  return pieces.sizes.length > 2 ? input.labels.map((value, index) => (value === input.active && pieces.of[index] !== main ? 0 : value)) : refuse('nothing')
}

/** Takes away the piece of the level in hand at a voxel, unless it is the largest. */
export function removePiece(input: ToolInput, { at }: { at: number }): Outcome {
  if (input.labels[at] !== input.active) return refuse('notOnLevel')
  const pieces = piecesOfLevel(input, input.active)
  const piece = pieces.of[at]
  if (piece === largestOf(pieces)) return refuse('mainPiece')
  return input.labels.map((value, index) => (pieces.of[index] === piece ? 0 : value))
}

/**
 * Gives each piece but the largest to the level that it shares most faces with (the lowest number of
 * equals). A piece that touches no other level stays. No voxel of another level changes.
 */
export function givePiecesAway(input: ToolInput): Outcome {
  const { grid, labels, active } = input
  const pieces = piecesOfLevel(input, active)
  const main = largestOf(pieces)
  const contacts = pieces.sizes.map(() => new Uint32Array(256))
  labels.forEach((value, index) => {
    const counts = contacts[pieces.of[index] as number] as Uint32Array
    if (value !== active || pieces.of[index] === main) return
    eachNeighbour(grid.dims, index, FACES, (next) => {
      const other = labels[next] as number
      if (other !== 0 && other !== active) counts[other] = (counts[other] as number) + 1
    })
  })
  const takers = contacts.map((counts) => counts.indexOf(Math.max(...counts)))
  const after = labels.map((value, index) => (value === active ? takers[pieces.of[index] as number] || active : value))
  return after.some((value, index) => value !== labels[index]) ? after : refuse('nothing')
}

/** Gives the piece of another level at a voxel to the level in hand. */
export function absorbPiece(input: ToolInput, { at }: { at: number }): Outcome {
  const { labels, active, mayChange } = input
  const number = labels[at] ?? 0
  if (number === 0) return refuse('noLevelThere')
  if (number === active) return refuse('alreadyThere')
  if (!mayChange(number)) return refuse('locked')
  const pieces = piecesOfLevel(input, number)
  return labels.map((value, index) => (pieces.of[index] === pieces.of[at] ? active : value))
}
