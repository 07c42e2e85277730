// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import type { Progress, ProtocolSaid, Protocols, ProtocolVersion } from '../api/types'
import { drawScreen, signedIn } from '../shell/screenForTest'
import { Protocol } from './Protocol'

afterEach(cleanup)

const SAID: ProtocolSaid = {
  convention: 'loss20_25_40', readers_per_case: 2, overlap_share: 0.8, proposal_exposure: 'shown', arms: [],
  grades_cervical: false, classifies_ao: false, repeat_share: 0.1, repeat_after_days: 28, catch_share: 0,
  limits: { noise_of_g: 0.05, great_difference_of_g: 0.1, great_distance_mm: 3, mask_dice: 0.9, mask_hd95_mm: 3 },
  adjudicator: null, wash_out_days: 28, way: 'pull', due_days: null, independent_masks: 0, masks_begin: 'checked', note: '',
}
const version = (number: number, part: Partial<ProtocolVersion> = {}): ProtocolVersion => ({
  ...SAID, version: number, allocation_seed: 7, adjudicator_name: '', made_by: 'Max', created_at: '2026-11-21T12:00:00Z', in_use: true, ...part,
})
const PROTOCOLS: Protocols = {
  versions: [version(2, { note: 'Main study', in_use: false }), version(1, { overlap_share: 1 })],
  beginning: SAID,
  conventions: [{ name: 'loss20_25_40', mild: 0.8, moderate: 0.75, severe: 0.6 }],
  readers: [{ key: 4, name: 'Ines Vogel' }],
}
const none = { minutes_per_case: null, minutes_left: null, n_cases: 0, reason: 'No active time was recorded.' }
const PROGRESS: Progress = {
  readers: [{
    key: 4, name: 'Ines Vogel', is_reader: true, is_away: false, assigned: 5, open: 3, submitted: 2, overdue: 1, ended: 0,
    next_due: '2026-11-20T12:00:00Z', forecast: { minutes_per_case: 8, minutes_left: 24, n_cases: 2, reason: '' },
  }],
  n_waiting: 2, places_open: 3, way: 'pull', forecast: none, catches: [],
}

const draw = (answers: Record<string, unknown> = {}, roles = ['manager']) =>
  drawScreen({
    path: '/d/$dataset/protocol', at: '/d/spine/protocol', component: Protocol,
    answers: {
      ...signedIn(...roles),
      '/api/datasets/spine/': { slug: 'spine', name: 'Spine', roles },
      '/api/datasets/spine/protocols/': PROTOCOLS,
      '/api/datasets/spine/readers/': PROGRESS,
      ...answers,
    },
  })

test('the manager sees how far readers are, with the cases a forecast rests on or why there is none', async () => {
  draw()
  const row = (await screen.findByText('Ines Vogel')).closest('tr') as HTMLElement
  expect(within(row).getAllByRole('cell').map((cell) => cell.textContent).slice(0, 4)).toEqual(['5', '3', '2', '1'])
  expect(within(row).getByText('24 min, 8.0 min each over 2 closed cases')).toBeTruthy()
  expect(screen.getByText(/No active time was recorded/)).toBeTruthy()
  expect(screen.getByText('2 cases at reading lack readers')).toBeTruthy()
})

test('a version is chosen from the list and shown with its thresholds', async () => {
  draw()
  expect(await screen.findByText('loss20_25_40: mild at G ≤ 0.80, moderate ≤ 0.75, severe ≤ 0.60')).toBeTruthy()
  expect(screen.getByText('80 % of the cases, the others by one reader')).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: /Version 1/ }))
  expect(await screen.findByText('every case')).toBeTruthy()
  expect(screen.getByText('Superseded; readings opened under it keep it')).toBeTruthy()
})

test('what the server refuses stands at its field', async () => {
  draw({
    'POST /api/datasets/spine/protocols/': Response.json(
      { detail: 'no', problems: [{ field: 'readers_per_case', message: 'Readers per case: 2 are wanted, and there are 1 readers.' }] },
      { status: 422 },
    ),
  })
  await screen.findAllByText('Main study')
  fireEvent.click(screen.getByRole('button', { name: 'New version' }))
  const dialog = await screen.findByRole('dialog')
  fireEvent.click(within(dialog).getByRole('button', { name: 'Make version 3' }))
  await waitFor(() => expect(within(dialog).getAllByText(/2 are wanted/)).toHaveLength(2))
})

test('a manager who reads too is told why progress is not shown', async () => {
  draw({}, ['manager', 'reader'])
  expect(await screen.findByText('How far the readers are is not shown to you')).toBeTruthy()
  expect(screen.queryByText('Ines Vogel')).toBeNull()
})
