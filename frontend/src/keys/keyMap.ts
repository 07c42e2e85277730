/** Which keys a person gave to which command; pure, kept apart from who listens. */
import { COMMAND_IDS, type CommandId, commandRow, isAlive, meet, type Screen } from './commands'

export interface KeyMap {
  /** Keys by command, where they are not the table's. */
  readonly keys: Readonly<Record<string, readonly string[]>>
  /** False: keys that type a single character do nothing (WCAG 2.1.4). */
  readonly letters: boolean
}

export const USUAL: KeyMap = { keys: {}, letters: true }

/** Keys that leave the page, type, or move the focus: no command can have them. */
const TAKEN = new Set(['Tab', 'Shift+Tab', 'Escape', 'Ctrl+W', 'Ctrl+T', 'Ctrl+N', 'Ctrl+R', 'F5'])
const MODIFIERS = new Set(['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock', 'Dead', 'Process', 'Unidentified'])

export type KeyTable = Readonly<Record<CommandId, readonly string[]>>

const known = (map: KeyMap): CommandId[] => COMMAND_IDS.filter((id) => id in map.keys && !commandRow(id).fixed)

/**
 * The keys that count. What a person chose goes first; a usual key that now belongs to another command
 * is left out, so that no two commands on a screen ever share one.
 */
export function keyTable(map: KeyMap): KeyTable {
  const chosen = known(map)
  const rest = COMMAND_IDS.filter((id) => !chosen.includes(id))
  const fixed = rest.filter((id) => commandRow(id).fixed)
  const table = {} as Record<CommandId, readonly string[]>
  const owners = new Map<string, CommandId[]>()
  for (const id of [...fixed, ...chosen, ...rest.filter((one) => !fixed.includes(one))]) {
    const wanted = chosen.includes(id) ? (map.keys[id] ?? []) : commandRow(id).keys
    table[id] = [...new Set(wanted)].filter((key) => !(owners.get(key) ?? []).some((other) => meet(id, other)))
    for (const key of table[id]) owners.set(key, [...(owners.get(key) ?? []), id])
  }
  return table
}

const types = (key: string): boolean => key.replace(/^Shift\+/, '').length === 1

/** Whether a key acts at all under this map. */
export const acts = (key: string, map: KeyMap): boolean => map.letters || !types(key)

/** The command a key means on a screen, or null. */
export function commandFor(key: string, screen: Screen, table: KeyTable): CommandId | null {
  return COMMAND_IDS.find((id) => isAlive(id, screen) && table[id].includes(key)) ?? null
}

export type Refusal = { readonly why: 'conflict'; readonly other: CommandId } | { readonly why: 'taken' | 'fixed' }

/** Whether a press is only a modifier on its way to a key. */
export const isModifier = (key: string): boolean => MODIFIERS.has(key)

/** The map with `keys` for a command, or why that cannot be. */
export function withKeys(map: KeyMap, id: CommandId, keys: readonly string[]): KeyMap | Refusal {
  if (commandRow(id).fixed) return { why: 'fixed' }
  if (keys.some((key) => TAKEN.has(key))) return { why: 'taken' }
  const table = keyTable(map)
  const other = COMMAND_IDS.find((one) => one !== id && meet(one, id) && table[one].some((key) => keys.includes(key)))
  if (other) return { why: 'conflict', other }
  return { ...map, keys: { ...map.keys, [id]: [...keys] } }
}

/** The map in which a command has its usual keys again, or why it cannot have them. */
export function withUsual(map: KeyMap, id: CommandId): KeyMap | Refusal {
  const { [id]: _, ...keys } = map.keys
  const without = { ...map, keys }
  const tried = withKeys(without, id, commandRow(id).keys)
  return 'why' in tried ? tried : without
}

/** A key as it is printed: its parts, arrows as signs. */
export function capsOf(key: string): string[] {
  const parts = key === '+' ? ['+'] : key.endsWith('++') ? [...key.slice(0, -2).split('+'), '+'] : key.split('+')
  return parts.map((part) => SIGNS[part] ?? part)
}

const SIGNS: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', PageUp: 'PgUp', PageDown: 'PgDn', Delete: 'Del', Escape: 'Esc' }
