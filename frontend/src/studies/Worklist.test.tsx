// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import type { Worklist as List, WorkRow } from '../api/types'
import { drawScreen, signedIn } from '../shell/screenForTest'
import { Cases } from './Cases'
import { Worklist } from './Worklist'

afterEach(cleanup)

const row = (code: string, part: Partial<WorkRow> = {}): WorkRow => ({
  case: code.toLowerCase(), code, title: 'Thoracic CT', stage: 'refining', levels: 'T1–L1', n_levels: 13,
  thumbnail_url: null, held_by: null, waiting_since: '2026-11-20T08:00:00Z', note: '', returned: false, look_at: '', due_at: null,
  work: 'refine', job: null, moves: [], ...part,
})
const ROWS = [row('LAM-1', { returned: true }), row('LAM-2', { work: 'check' }), row('LAM-3', { levels: 'T12–S1' })]
const list = (rows: WorkRow[], next: WorkRow | null = null): List => ({
  next, rows, counts: { returned: 1, ready: 2 }, stages: [],
})

const draw = (answer: unknown, roles = ['student']) =>
  drawScreen({
    path: '/d/$dataset/worklist', at: '/d/spine/worklist', component: Worklist,
    answers: { ...signedIn(...roles), '/api/datasets/spine/worklist/': answer },
  })
const press = (key: string) => fireEvent.keyDown(document.body, { key })

test('J and K choose a row and Enter opens it at the work that waits there', async () => {
  const { address } = draw(list(ROWS))
  await screen.findByText('LAM-1')
  press('j')
  press('j')
  press('k')
  press('Enter')
  await waitFor(() => expect(address().pathname).toBe('/c/lam-2/check'))
})

test('a click on a row opens the case, and a click in its menu does not', async () => {
  const { address } = draw(list(ROWS))
  fireEvent.click(await screen.findByRole('button', { name: 'Moves of LAM-3' }))
  expect(await screen.findAllByRole('menuitem')).toHaveLength(1)
  expect(address().pathname).toBe('/d/spine/worklist')
  fireEvent.click(screen.getByText('T12–S1'))
  await waitFor(() => expect(address().pathname).toBe('/c/lam-3/refine'))
})

test('N opens the case that the server says is next', async () => {
  const { address } = draw(list(ROWS, ROWS[2]))
  await screen.findByRole('button', { name: /Open next case/ })
  press('n')
  await waitFor(() => expect(address().pathname).toBe('/c/lam-3/refine'))
})

test('the search narrows the list and stands in the address', async () => {
  const { address } = draw(list(ROWS))
  await screen.findByText('LAM-1')
  fireEvent.change(screen.getByLabelText('Search by case or level'), { target: { value: 's1' } })
  await waitFor(() => expect(screen.queryByText('LAM-1')).toBeNull())
  expect(screen.getByText('LAM-3')).toBeTruthy()
  expect(address().search).toMatchObject({ q: 's1' })
})

test('a refusal of the server is announced with the way to try again', async () => {
  draw(Response.json({ detail: 'The database is locked.' }, { status: 500 }))
  const alert = await screen.findByRole('alert')
  expect(alert.textContent).toContain('The database is locked.')
  expect(within(alert).getByRole('button', { name: 'Try again' })).toBeTruthy()
})

test('a list with nothing in it says what is coming', async () => {
  const job = { id: 'j', kind: 'preannotation' as const, state: 'running' as const, percent: 40, message: '' }
  const coming = row('LAM-9', { stage: 'queued', work: null, job })
  drawScreen({
    path: '/d/$dataset/worklist', at: '/d/spine/worklist?q=nothing', component: Worklist,
    answers: { ...signedIn('student'), '/api/datasets/spine/worklist/': list([coming]) },
  })
  expect(await screen.findByText(/No case matches/)).toBeTruthy()
  cleanup()
  draw(list([coming]))
  expect(await screen.findByText('Pre-annotating 40 %')).toBeTruthy()
})

test('a manager sees exactly the path moves that the server gives, and a reason goes with an exclusion', async () => {
  const { sent } = drawScreen({
    path: '/d/$dataset/cases', at: '/d/spine/cases', component: Cases,
    answers: {
      ...signedIn('manager'),
      '/api/datasets/spine/worklist/': list([row('LAM-1', { work: null, moves: ['approve_mask', 'exclude'] })]),
      'POST /api/cases/lam-1/moves/': {},
    },
  })
  fireEvent.click(await screen.findByRole('button', { name: 'Moves of LAM-1' }))
  const items = await screen.findAllByRole('menuitem')
  expect(items.map((item) => item.textContent)).toEqual(['History', 'Exclude'])
  fireEvent.click(items[1] as HTMLElement)
  const dialog = await screen.findByRole('dialog')
  fireEvent.click(within(dialog).getByRole('button', { name: 'Exclude' }))
  expect(await within(dialog).findByText('Say why in a few words.')).toBeTruthy()
  expect(sent.filter((one) => one.method === 'POST')).toEqual([])
  fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'wrong patient' } })
  fireEvent.click(within(dialog).getByRole('button', { name: 'Exclude' }))
  await waitFor(() =>
    expect(sent.find((one) => one.method === 'POST')).toEqual({
      method: 'POST', path: '/api/cases/lam-1/moves/', body: { move: 'exclude', reason: 'other', note: 'wrong patient' },
    }),
  )
})

test('a case with a date says until when it is to be read', async () => {
  const due = row('LAM-4', { work: 'read', stage: 'reading', due_at: '2026-12-05T12:00:00Z' })
  draw(list([due], due), ['reader'])
  expect(await screen.findAllByText(/Due 5 Dec 2026/)).toHaveLength(2)
})
