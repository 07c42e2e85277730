/** The keys that count now, for all who listen and all who print them. */
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { CommandId } from './commands'
import { acts, type KeyMap, type KeyTable, keyTable, USUAL } from './keyMap'

interface Keys {
  readonly map: KeyMap
  readonly table: KeyTable
}

export const keyStore = createStore<Keys>(() => ({ map: USUAL, table: keyTable(USUAL) }))

export const chooseKeys = (map: KeyMap): void => keyStore.setState({ map, table: keyTable(map) })

/** The first key of a command that acts now, or null where it has none. */
export function useFirstKey(id: CommandId | null): string | null {
  return useStore(keyStore, ({ map, table }) => (id && table[id].find((key) => acts(key, map))) ?? null)
}
