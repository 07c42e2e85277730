import { expect, test } from 'vitest'
import { windowAfter, windowsOf, WINDOWS } from './greyWindows'

const film = { picture: { center: 900, width: 2000 }, bone: { center: 2000, width: 800 } }

test('a radiograph is looked at through windows of its own picture, in one order whatever the server keeps', () => {
  const said = { view: 'LL', front: 'stated', magnification: null, is_inverted: false, value_scale: 1, value_offset: 0 } as const
  const names = (windows: typeof film & { stated?: typeof film.bone }) => Object.keys(windowsOf({ radiograph: { ...said, windows } }))
  expect(windowsOf({ radiograph: { ...said, windows: film } })).toEqual(film)
  expect(names({ bone: film.bone, stated: film.bone, picture: film.picture })).toEqual(['stated', 'picture', 'bone'])
  expect(names({ bone: film.bone, picture: film.picture })).toEqual(['picture', 'bone'])
  expect(windowsOf({ radiograph: null })).toBe(WINDOWS)
})

test('one key goes round: each preset, the own window, and the first again', () => {
  const own = { center: 1, width: 2 }
  const round = []
  let now = windowAfter(film, null, own)
  for (let step = 0; step < 4; step++) {
    round.push(now.preset)
    now = windowAfter(film, now.preset, own)
  }
  expect(round).toEqual(['picture', 'bone', null, 'picture'])
  expect(windowAfter(film, 'bone', null).preset).toBe('picture')
})
