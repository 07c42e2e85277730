// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { drawScreen, signedIn } from '../shell/screenForTest'
import { SignIn } from './SignIn'

afterEach(cleanup)

const NOBODY = { user: null, memberships: [] }
const draw = (answer: unknown, at = '/signin') =>
  drawScreen({
    path: '/signin', at, component: SignIn,
    answers: { '/api/session/': NOBODY, 'POST /api/session/': answer },
  })

async function signIn(name: string) {
  fireEvent.change(await screen.findByLabelText('User name'), { target: { value: name } })
  fireEvent.change(screen.getByLabelText('Password'), { target: { value: 'secret' } })
  fireEvent.click(screen.getByRole('button', { name: 'Sign in' }))
}

test('a wrong password is announced with the tries that are left', async () => {
  draw(Response.json({ detail: 'no', code: 'bad_credentials', tries_left: 1 }, { status: 400 }))
  await signIn('jonas')
  expect((await screen.findByRole('alert')).textContent).toContain('1 try left')
})

test('signing in goes where the person wanted to go', async () => {
  const { address, sent } = draw(signedIn('student')['/api/session/'], '/signin?next=%2Fc%2Fx%2Fread')
  await signIn(' jonas ')
  await waitFor(() => expect(address().pathname).toBe('/c/x/read'))
  expect(sent.find((one) => one.method === 'POST')?.body).toEqual({ username: 'jonas', password: 'secret' })
})

test('an empty form is not sent', async () => {
  const { sent } = draw(NOBODY)
  fireEvent.click(await screen.findByRole('button', { name: 'Sign in' }))
  expect(await screen.findByText('Enter your user name and your password.')).toBeTruthy()
  expect(sent.some((one) => one.method === 'POST')).toBe(false)
})
