/** How the keys sheet is laid out: groups in their order; what no group names comes last. */
import { COMMAND_IDS, type CommandId } from './commands'

export type Group = 'levels' | 'paint' | 'shape' | 'vertebra' | 'view' | 'grade' | 'settle' | 'everywhere'

const PATTERNS: readonly (readonly [Group, RegExp])[] = [
  ['levels', /^(nextLevel|previousLevel|goToLevel|levelDone|flag)$|^mask\.(nthLevel|order|levelOpen)$|^checking\.(flip|show|return)$/],
  ['paint', /\.(brush|eraser|adaptive|threshold|smaller|larger|pick|lock|fill|erase)$/],
  ['shape', /\.(scissors|holes|islands|interpolate|smooth|split|merge|absorb|grow|shrink|cut|clear|modelMask|cancel)$/],
  ['vertebra', /^mask\.(shift|relabel|insert|swap|remove|add|anomalies)/],
  ['view', /^(hideOverlay|outlineOnly)$|^mask\.|\.(window|problems|plane|onlyA|onlyB|straight|sliceBefore|sliceAfter)$/],
  ['grade', /^reading\./],
  ['settle', /^(consensus|editing)\./],
]

export const GROUPS: readonly Group[] = [...PATTERNS.map(([group]) => group), 'everywhere']

export const groupOf = (id: CommandId): Group => PATTERNS.find(([, pattern]) => pattern.test(id))?.[0] ?? 'everywhere'

/** Commands by group, in the order of the table; empty groups are left out. */
export function grouped(ids: readonly CommandId[]): readonly (readonly [Group, readonly CommandId[]])[] {
  return GROUPS.map((group) => [group, COMMAND_IDS.filter((id) => ids.includes(id) && groupOf(id) === group)] as const)
    .filter(([, inside]) => inside.length > 0)
}
