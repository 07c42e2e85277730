import { describe, expect, it } from 'vitest'
import { aFinding } from '../grading/aFinding'
import { Drafts, Refused } from './drafts'
import type { DraftState } from './drafts'
import type { Change } from '../grading/findings'

type Answer = 'ok' | 'lost' | 'refused'

function setUp(answers: Answer[]) {
  const sent: [number, Change][] = []
  const stored: number[] = []
  const states: DraftState[] = []
  const rejected: number[] = []
  const waits: number[] = []
  let during: (() => void) | null = null
  const drafts = new Drafts({
    send: async (number, change) => {
      sent.push([number, change])
      await Promise.resolve()
      during?.()
      during = null
      const answer = answers.shift() ?? 'ok'
      if (answer === 'lost') throw new TypeError('Failed to fetch')
      if (answer === 'refused') throw new Refused('This reading is submitted.')
      return aFinding(number, 'T7', change)
    },
    stored: (finding) => stored.push(finding.number),
    changed: (state) => states.push(state),
    rejected: (number) => rejected.push(number),
    wait: async (milliseconds) => {
      waits.push(milliseconds)
      await Promise.resolve()
    },
    now: () => new Date('2026-01-02T03:04:05Z'),
  })
  const whileSending = (act: () => void) => {
    during = act
  }
  return { drafts, sent, stored, states, rejected, waits, whileSending }
}

describe('drafts', () => {
  it('are sent at once and counted until the server has them', async () => {
    const { drafts, sent, states } = setUp([])
    drafts.put(7, { grade_reader: 1 })
    expect(drafts.state().waiting).toBe(1)
    await drafts.settled()
    expect(sent).toEqual([[7, { grade_reader: 1 }]])
    expect(states.at(-1)).toEqual({ waiting: 0, cutOffSince: null, refused: null })
  })

  it('wait while there is no connection, and the newest word wins', async () => {
    const { drafts, sent, stored, states, waits, whileSending } = setUp(['lost', 'lost', 'ok'])
    whileSending(() => drafts.put(7, { grade_reader: 2 }))
    drafts.put(7, { grade_reader: 1, remark: 'rim' })
    await drafts.settled()
    expect(sent.at(-1)).toEqual([7, { grade_reader: 2, remark: 'rim' }])
    expect(stored).toEqual([7])
    expect(waits).toEqual([1000, 2000])
    expect(states.some((state) => state.cutOffSince !== null && state.waiting === 1)).toBe(true)
    expect(drafts.state()).toEqual({ waiting: 0, cutOffSince: null, refused: null })
  })

  it('do not put an older answer over a newer change', async () => {
    const { drafts, sent, stored, whileSending } = setUp([])
    whileSending(() => drafts.put(7, { grade_reader: 3 }))
    drafts.put(7, { grade_reader: 1 })
    await drafts.settled()
    expect(sent).toHaveLength(2)
    expect(stored).toEqual([7])
  })

  it("are dropped with the server's reason when it says no", async () => {
    const { drafts, sent, states, rejected } = setUp(['refused'])
    drafts.put(7, { grade_reader: 1 })
    await drafts.settled()
    expect(sent).toHaveLength(1)
    expect(rejected).toEqual([7])
    expect(states.at(-1)?.refused).toBe('This reading is submitted.')
  })
})
