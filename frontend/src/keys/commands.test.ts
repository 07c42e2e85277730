import { expect, test } from 'vitest'
import names from '../strings/en/command.json'
import { COMMANDS, type CommandId, commandFor, commandRow, keyName, type Scope } from './commands'

const ids = Object.keys(COMMANDS) as CommandId[]
const scopes: Scope[] = ['list', 'refining', 'checking', 'reading', 'consensus', 'dialog']

test.each(scopes)('no two commands share a key in scope %s', (scope) => {
  const alive = ids.filter((id) => [scope, ...(scope === 'dialog' ? [] : ['everywhere'])].includes(commandRow(id).scope))
  const keys = alive.flatMap((id) => commandRow(id).keys)
  expect(keys.filter((key, place) => keys.indexOf(key) !== place)).toEqual([])
})

test('every command has a name on the keys sheet', () => {
  const named = names as Record<string, string>
  expect(ids.filter((id) => !named[id.replace('.', '_')])).toEqual([])
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

test('one key means different things in different scopes, and nothing foreign in a dialog', () => {
  expect(commandFor('B', 'refining')).toBe('refining.brush')
  expect(commandFor('B', 'reading')).toBe('reading.biconcave')
  expect(commandFor('B', 'list')).toBeNull()
  expect(commandFor('J', 'reading')).toBe('nextLevel')
  expect(commandFor('J', 'dialog')).toBeNull()
})
