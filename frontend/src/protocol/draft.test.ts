import { expect, test } from 'vitest'
import { ApiError } from '../api/client'
import type { ProtocolSaid } from '../api/types'
import { armShares, draftOf, refusalsOf, saidOf, withArm, withoutArm } from './draft'

const SAID: ProtocolSaid = {
  convention: 'loss20_25_40', readers_per_case: 2, overlap_share: 0.07, proposal_exposure: 'shown', arms: [],
  grades_cervical: false, classifies_ao: false, repeat_share: 0.1, repeat_after_days: 28, catch_share: 0,
  limits: { noise_of_g: 0.05, great_difference_of_g: 0.1, great_distance_mm: 3, mask_dice: 0.9, mask_hd95_mm: 3 },
  adjudicator: null, wash_out_days: 28, way: 'pull', due_days: null, independent_masks: 2, masks_begin: 'empty', note: ' kept ',
}

test('shares are written in percent and sent as they were', () => {
  const draft = draftOf(SAID)
  expect([draft.overlap_share, draft.repeat_share]).toEqual([7, 10])
  expect(saidOf(draft)).toEqual({ ...SAID, note: 'kept' })
})

test('a form changes nothing of the version it began with', () => {
  const draft = draftOf({ ...SAID, arms: [{ name: 'A', exposure: 'shown', weight: 1 }] })
  draft.limits.mask_dice = 0.5
  expect(SAID.limits.mask_dice).toBe(0.9)
})

test('the first arm brings its counterpart, and the last goes with it', () => {
  const two = withArm([])
  expect(two.map((arm) => [arm.name, arm.exposure])).toEqual([['A', 'shown'], ['B', 'hidden']])
  const three = withArm(two)
  expect(three.map((arm) => arm.name)).toEqual(['A', 'B', 'C'])
  expect(withArm(withoutArm(three, 1)).map((arm) => arm.name)).toEqual(['A', 'C', 'D'])
  expect(withoutArm(two, 0)).toEqual([])
})

test('weights become shares', () => {
  expect(armShares([{ name: 'A', exposure: 'shown', weight: 1 }, { name: 'B', exposure: 'hidden', weight: 3 }])).toEqual([0.25, 0.75])
  expect(armShares([{ name: 'A', exposure: 'shown', weight: 0 }])).toEqual([0])
})

test('refusals stand at the field they are about', () => {
  const refused = new ApiError(422, { problems: [{ field: 'arms', message: 'One arm is no comparison.' }, { message: 'no field' }] })
  expect(refusalsOf(refused)).toEqual({ arms: 'One arm is no comparison.' })
  expect(refusalsOf(new ApiError(400, { fields: { note: ['Too long.'] } }))).toEqual({ note: 'Too long.' })
  expect(refusalsOf(null)).toEqual({})
})
