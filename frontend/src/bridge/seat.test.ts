import { afterEach, expect, test, vi } from 'vitest'
import { Seat } from './seat'

let cases = 0
const open: Seat[] = []
function seatAt(name: string): Seat {
  const seat = new Seat(name)
  open.push(seat)
  return seat
}
const become = (seat: Seat, state: Seat['state']) => vi.waitFor(() => expect(seat.state).toBe(state), { timeout: 5_000 })

afterEach(() => {
  for (const seat of open.splice(0)) seat.leave()
})

test('the first tab has the seat and the second is told', async () => {
  const name = `case-${cases++}`
  const first = seatAt(name)
  await become(first, 'mine')
  const second = seatAt(name)
  await become(second, 'elsewhere')
  expect(first.state).toBe('mine')
})

test('"work here" takes the seat from the other tab, and back', async () => {
  const name = `case-${cases++}`
  const first = seatAt(name)
  await become(first, 'mine')
  const second = seatAt(name)
  await become(second, 'elsewhere')
  second.take()
  await become(first, 'elsewhere')
  expect(second.state).toBe('mine')
  first.take()
  await become(second, 'elsewhere')
  expect(first.state).toBe('mine')
})

test('of tabs that open at once exactly one has the seat', async () => {
  const name = `case-${cases++}`
  const tabs = Array.from({ length: 4 }, () => seatAt(name))
  await vi.waitFor(() => expect(tabs.filter((tab) => tab.state === 'elsewhere')).toHaveLength(3), { timeout: 5_000 })
  expect(tabs.filter((tab) => tab.state === 'mine')).toHaveLength(1)
})

test('a seat that is left, or whose tab died, is taken by the one that waits', async () => {
  const name = `case-${cases++}`
  const first = seatAt(name)
  await become(first, 'mine')
  const second = seatAt(name)
  await become(second, 'elsewhere')
  first.leave()
  await become(second, 'mine')
})

test('other cases have other seats', async () => {
  const [one, two] = [seatAt(`case-${cases++}`), seatAt(`case-${cases++}`)]
  await become(one, 'mine')
  await become(two, 'mine')
})
