import { expect, test } from 'vitest'
import names from '../strings/en/command.json'
import { ALIVE, COMMAND_IDS, type CommandId, commandRow, isAlive, keyName, type Screen } from './commands'
import { acts, capsOf, commandFor, type KeyMap, keyTable, USUAL, withKeys, withUsual } from './keyMap'

const screens = Object.keys(ALIVE) as Screen[]
const usual = keyTable(USUAL)

function shared(map: KeyMap, screen: Screen): string[] {
  const table = keyTable(map)
  const keys = COMMAND_IDS.filter((id) => isAlive(id, screen)).flatMap((id) => table[id])
  return keys.filter((key, place) => keys.indexOf(key) !== place)
}

test.each(screens)('no two commands share a key on screen %s', (screen) => {
  const keys = COMMAND_IDS.filter((id) => isAlive(id, screen)).flatMap((id) => commandRow(id).keys)
  expect(keys.filter((key, place) => keys.indexOf(key) !== place)).toEqual([])
  expect(shared(USUAL, screen)).toEqual([])
})

test('every command has a name on the keys sheet', () => {
  const named = names as Record<string, string>
  expect(COMMAND_IDS.filter((id) => !named[id.replace('.', '_')])).toEqual([])
})

const press = (key: string, with_: Partial<KeyboardEvent> = {}) =>
  keyName({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...with_ })

test('keys follow the layout and its shifted signs', () => {
  expect(press('b')).toBe('B')
  expect(press('?', { shiftKey: true })).toBe('?')
  expect(press('!', { shiftKey: true })).toBe('!')
  expect(press('Enter', { ctrlKey: true })).toBe('Ctrl+Enter')
  expect(press('Enter', { shiftKey: true })).toBe('Shift+Enter')
  expect(press('b', { shiftKey: true })).toBe('Shift+B')
  expect(press(' ')).toBe('Space')
  expect(press('b', { altKey: true })).toBe('')
})

test('one key means different things on different screens, and nothing foreign in a dialog', () => {
  expect(commandFor('B', 'refining', usual)).toBe('refining.brush')
  expect(commandFor('B', 'reading', usual)).toBe('reading.biconcave')
  expect(commandFor('B', 'list', usual)).toBeNull()
  expect(commandFor('J', 'reading', usual)).toBe('nextLevel')
  expect(commandFor('J', 'dialog', usual)).toBeNull()
  expect(commandFor('U', 'checking', usual)).toBe('mask.shiftUp')
})

/** Numbers from 0 to 1, the same in every run. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32
    return state / 2 ** 32
  }
}
const KEYS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '[', ']', '?', '!', '1', '0', 'Enter', 'Space', 'Ctrl+Enter', 'Ctrl+Z', 'Shift+L', 'F2', 'F4']

test('no two commands share a key on a screen, whatever is chosen one after another', () => {
  const random = randomOf(20)
  const any = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T
  const outcomes = { taken: 0, refused: 0 }
  for (let person = 0; person < 20; person++) {
    let map: KeyMap = USUAL
    for (let step = 0; step < 40; step++) {
      const id = any(COMMAND_IDS)
      const tried = random() < 0.15 ? withUsual(map, id) : withKeys(map, id, random() < 0.1 ? [] : [any(KEYS)])
      if ('why' in tried) outcomes.refused++
      else {
        map = tried
        outcomes.taken++
      }
    }
    for (const screen of screens) expect(shared(map, screen)).toEqual([])
  }
  expect(outcomes.taken).toBeGreaterThan(100)
  expect(outcomes.refused).toBeGreaterThan(100)
})

test('a map kept by an older version never gives two commands one key', () => {
  const random = randomOf(7)
  for (let map = 0; map < 50; map++) {
    const keys = Object.fromEntries(COMMAND_IDS.filter(() => random() < 0.5).map((id) => [id, [KEYS[Math.floor(random() * KEYS.length)] as string]]))
    for (const screen of screens) expect(shared({ keys: { ...keys, 'gone.command': ['B'] }, letters: true }, screen)).toEqual([])
  }
})

test('a key that another command has is refused with its name, and taken once that has let go', () => {
  expect(withKeys(USUAL, 'refining.eraser', ['B'])).toEqual({ why: 'conflict', other: 'refining.brush' })
  expect(withKeys(USUAL, 'undo', ['B'])).toEqual({ why: 'conflict', other: 'refining.brush' })
  expect(withKeys(USUAL, 'mask.shiftUp', ['3'])).toEqual({ why: 'conflict', other: 'mask.nthLevel' })
  expect(withKeys(USUAL, 'mask.nthLevel', ['Q'])).toEqual({ why: 'fixed' })
  expect(withKeys(USUAL, 'undo', ['Tab'])).toEqual({ why: 'taken' })
  const freed = withKeys(USUAL, 'refining.brush', ['Ctrl+B']) as KeyMap
  const moved = withKeys(freed, 'refining.eraser', ['B']) as KeyMap
  expect(commandFor('B', 'refining', keyTable(moved))).toBe('refining.eraser')
  expect(commandFor('Ctrl+B', 'refining', keyTable(moved))).toBe('refining.brush')
  expect(withUsual(moved, 'refining.brush')).toEqual({ why: 'conflict', other: 'refining.eraser' })
  expect(withUsual(freed, 'refining.brush')).toEqual(USUAL)
  expect(withKeys(USUAL, 'reading.wedge', ['U'])).toMatchObject({ keys: { 'reading.wedge': ['U'] } })
})

test('single letters and signs can be switched off; the rest goes on', () => {
  const quiet = { ...USUAL, letters: false }
  expect(['B', '?', '1', 'Shift+L', '+'].filter((key) => acts(key, quiet))).toEqual([])
  expect(['Ctrl+Enter', 'Enter', 'Space', 'F2', 'Ctrl+/', 'ArrowUp'].every((key) => acts(key, quiet))).toBe(true)
  expect(acts('B', USUAL)).toBe(true)
  expect(usual.keys.some((key) => acts(key, quiet))).toBe(true)
})

test('keys are printed by their parts', () => {
  expect(capsOf('Ctrl+Shift+Z')).toEqual(['Ctrl', 'Shift', 'Z'])
  expect(capsOf('+')).toEqual(['+'])
  expect(capsOf('Ctrl++')).toEqual(['Ctrl', '+'])
  expect(capsOf('ArrowUp')).toEqual(['↑'])
})

test('every command of a screen is in one group of the sheet', async () => {
  const { grouped } = await import('./groups')
  for (const screen of screens) {
    const ids: CommandId[] = COMMAND_IDS.filter((id) => isAlive(id, screen))
    expect(grouped(ids).flatMap(([, inside]) => inside).sort()).toEqual([...ids].sort())
  }
})
