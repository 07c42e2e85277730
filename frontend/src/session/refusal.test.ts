import { expect, test } from 'vitest'
import { ApiError } from '../api/client'
import { refusalOf } from './refusal'

test('a refused sign-in says how many tries are left, or how long the pause is', () => {
  expect(refusalOf(new ApiError(400, { code: 'bad_credentials', tries_left: 3 }))).toEqual({
    key: 'session.mismatch', values: { count: 3 },
  })
  expect(refusalOf(new ApiError(429, { code: 'locked', minutes: 12 }))).toEqual({
    key: 'session.locked', values: { count: 12 },
  })
  expect(refusalOf(new ApiError(0, { code: 'offline' })).key).toBe('session.unreachable')
  expect(refusalOf(new ApiError(500, { detail: 'The disk is full.' })).values.detail).toBe('The disk is full.')
})
