// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import type { Attempt, Demand, Qualification as Found, QualificationStanding } from '../api/types'
import { drawScreen, signedIn } from '../shell/screenForTest'
import { Qualification } from './Qualification'

afterEach(cleanup)

const demand: Demand = { truth: null, of_students: true, of_readers: true, dice: 0.9, dice_least: 0.7, level_errors: 0, kappa: 0.6, attempts: 3 }
const own = (part: Partial<QualificationStanding>): QualificationStanding => ({ role: 'student', standing: 'to_do', attempts_left: 3, attempts: [], ...part })
const failed: Attempt = {
  number: 1, house: 'spine-test-1', started_at: '2026-11-20T08:00:00Z', finished_at: '2026-11-20T09:00:00Z', passed: false, n_cases: 1, n_handed_in: 1,
  result: { n_vertebrae: 2, dice: 0.85, dice_least: 0.8, level_errors: 1, limits: { dice: 0.9, dice_least: 0.7, level_errors: 0, kappa: 0.6 } },
  vertebrae: [{ level: 'T12', found: 'T11', dice: 0.9 }, { level: 'L1', found: null, dice: 0.8 }],
}
const draw = (found: Partial<Found>, roles = ['student'], more = {}) =>
  drawScreen({
    path: '/d/$dataset/qualification', at: '/d/spine/qualification', component: Qualification,
    answers: { ...signedIn(...roles), '/api/datasets/spine/qualification/': { demand, mine: [], people: [], ...found }, ...more },
  })

test('who has the test to do begins it with one button', async () => {
  const { sent } = draw({ mine: [own({})] }, ['student'], { 'POST /api/datasets/spine/qualification/attempts/': own({ standing: 'open' }) })
  fireEvent.click(await screen.findByRole('button', { name: 'Begin the test' }))
  await waitFor(() => expect(sent.find((one) => one.method === 'POST')?.body).toEqual({ role: 'student' }))
})

test('a test under way is gone on with where its cases are', async () => {
  draw({ mine: [own({ standing: 'open', attempts: [{ ...failed, passed: null, finished_at: null, result: null, n_handed_in: 0 }] })] })
  const link = await screen.findByRole('link', { name: 'Go on: 0 of 1 cases handed in' })
  expect(link.getAttribute('href')).toBe('/d/spine-test-1/worklist')
  expect(screen.queryByRole('button', { name: 'Begin the test' })).toBeNull()
})

test('figures and every vertebra of an attempt are shown', async () => {
  draw({ mine: [own({ standing: 'failed', attempts_left: 2, attempts: [failed] })] })
  expect(await screen.findByText(/mean Dice 0.850, least 0.800, 1 wrong level/)).toBeTruthy()
  const row = screen.getByRole('rowheader', { name: 'T12' }).closest('tr') as HTMLElement
  expect(within(row).getByText('T11')).toBeTruthy()
  expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
})

test('a manager sets the limits and sees where people stand', async () => {
  const kept = { demand: { ...demand, truth: 'known' }, mine: [], people: [] }
  const { sent } = draw({ people: [{ ...own({}), person: 'Ana' }] }, ['manager'], { 'PUT /api/datasets/spine/qualification/': kept })
  expect(await screen.findByRole('rowheader', { name: 'Ana' })).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Keep' }))
  await waitFor(() => expect(sent.find((one) => one.method === 'PUT')?.body).toEqual(demand))
})
