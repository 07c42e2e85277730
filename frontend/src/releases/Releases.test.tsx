// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import type { ReleaseOut } from '../api/types'
import { drawScreen, signedIn } from '../shell/screenForTest'
import { Releases } from './Releases'

afterEach(cleanup)

const release = (part: Partial<ReleaseOut>): ReleaseOut => ({
  id: 'r1', version: '1.0', state: 'done', percent: 100, message: '', n_cases: 2, sha256: 'ab'.repeat(32),
  n_bytes: 2_500_000, created_at: '2026-11-20T08:00:00Z', table: [], files: [], download_url: '/api/releases/r1/download/',
  proof: [{ name: 'Masks lie on their CT grid', ok: true, evidence: '2 of 2' }], ...part,
})
const draw = (releases: ReleaseOut[], roles = ['manager'], more = {}) =>
  drawScreen({
    path: '/d/$dataset/releases', at: '/d/spine/releases', component: Releases,
    answers: { ...signedIn(...roles), '/api/datasets/spine/releases/': releases, ...more },
  })

test('a proved release can be taken away', async () => {
  draw([release({})])
  const link = await screen.findByRole('link', { name: /Download, 2.5 MB/ })
  expect(link.getAttribute('href')).toBe('/api/releases/r1/download/')
})

test('with one proof missing there is no way to the file', async () => {
  draw([release({ proof: [{ name: 'Masks lie on their CT grid', ok: false, evidence: '1 of 2' }] })])
  const button = await screen.findByRole('button', { name: /Download/ })
  expect(button.getAttribute('aria-disabled')).toBe('true')
  expect(screen.queryByRole('link', { name: /Download/ })).toBeNull()
  expect(screen.getByText('1 of 2')).toBeTruthy()
})

test('a manager gives version and licence; why the server refuses stands in the dialog', async () => {
  const refusal = Response.json({ detail: 'Release 1.0 is there already.', code: 'conflict' }, { status: 409 })
  const { sent } = draw([], ['manager'], { 'POST /api/datasets/spine/releases/': refusal })
  fireEvent.click(await screen.findByRole('button', { name: 'Build a release' }))
  const dialog = await screen.findByRole('dialog')
  fireEvent.change(within(dialog).getByLabelText('Version'), { target: { value: '1.0' } })
  fireEvent.click(within(dialog).getByRole('button', { name: 'Freeze and build' }))
  expect((await within(dialog).findByRole('alert')).textContent).toContain('there already')
  await waitFor(() => expect(sent.find((one) => one.method === 'POST')?.body).toMatchObject({ version: '1.0' }))
})

test('somebody who is no manager cannot build', async () => {
  draw([], ['reader'])
  expect(await screen.findByText('No release yet')).toBeTruthy()
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Build a release' })).toBeNull())
})
