/**
 * The one table of commands and the keys they have unless a person chose others. A command belongs to
 * a scope; which scopes are alive on which screen says `ALIVE`. Keys are written as shown: "B",
 * "Ctrl+Enter", "Shift+Enter", "Space". They are matched by `event.key`, so they follow the layout.
 */
export type Screen = 'list' | 'refining' | 'checking' | 'reading' | 'consensus' | 'editing' | 'dialog'
/** `mask`: wherever masks are worked on. */
export type Scope = Screen | 'everywhere' | 'mask'

export const ALIVE: Readonly<Record<Screen, readonly Scope[]>> = {
  list: ['list', 'everywhere'],
  refining: ['refining', 'mask', 'everywhere'],
  checking: ['checking', 'mask', 'everywhere'],
  reading: ['reading', 'everywhere'],
  consensus: ['consensus', 'everywhere'],
  editing: ['editing', 'everywhere'],
  dialog: ['dialog'],
}

interface CommandRow {
  readonly scope: Scope
  readonly keys: readonly string[]
  /** Acts while the key is held, and ends with it. */
  readonly held?: true
  /** Belongs to its keys: nobody can give it others. */
  readonly fixed?: true
}

const row = (scope: Scope, ...keys: string[]): CommandRow => ({ scope, keys })
const hold = (scope: Scope, ...keys: string[]): CommandRow => ({ scope, keys, held: true })
const fixed = (scope: Scope, ...keys: string[]): CommandRow => ({ scope, keys, fixed: true })

export const COMMANDS = {
  find: row('everywhere', 'Ctrl+K'),
  keys: row('everywhere', '?', 'Ctrl+/'),
  undo: row('everywhere', 'Z', 'Ctrl+Z'),
  redo: row('everywhere', 'Y', 'Ctrl+Y', 'Ctrl+Shift+Z'),
  nextCase: row('everywhere', 'N'),
  submit: row('everywhere', 'Ctrl+Enter'),
  nextLevel: row('everywhere', 'J'),
  previousLevel: row('everywhere', 'K'),
  goToLevel: row('everywhere', 'G'),
  levelDone: row('everywhere', 'Enter'),
  'mask.levelOpen': row('mask', 'Backspace'),
  flag: row('everywhere', 'F'),
  hideOverlay: hold('everywhere', 'Space'),
  outlineOnly: row('everywhere', 'V'),

  'list.search': row('list', '/'),

  'mask.nthLevel': fixed('mask', '1', '2', '3', '4', '5', '6', '7', '8', '9', '0'),
  'mask.shiftUp': row('mask', 'U'),
  'mask.shiftDown': row('mask', 'D'),
  'mask.relabel': row('mask', 'Shift+L'),
  'mask.insertLevel': row('mask', 'Shift+I'),
  'mask.swapLevels': row('mask', 'Shift+S'),
  'mask.removeLevel': row('mask', 'Shift+X'),
  'mask.addVertebra': row('mask', 'Shift+A'),
  'mask.anomalies': row('mask', 'Shift+N'),
  'mask.adaptive': row('mask', 'A'),
  'mask.scissors': row('mask', 'C'),
  'mask.fill': row('mask', 'Shift+F'),
  'mask.holes': row('mask', 'H'),
  'mask.smooth': row('mask', 'O'),
  'mask.interpolate': row('mask', 'I'),
  'mask.split': row('mask', 'S'),
  'mask.merge': row('mask', 'M'),
  'mask.absorb': row('mask', 'Shift+M'),
  'mask.shrink': row('mask', '{'),
  'mask.grow': row('mask', '}'),
  'mask.clear': row('mask', 'Delete'),
  'mask.cancel': fixed('mask', 'Escape'),
  'mask.panes': row('mask', 'P'),
  'mask.maximise': row('mask', 'Shift+P'),
  'mask.nextPane': row('mask', '.'),
  'mask.sliceBefore': row('mask', 'ArrowUp', 'PageUp'),
  'mask.sliceAfter': row('mask', 'ArrowDown', 'PageDown'),
  'mask.closer': row('mask', '+'),
  'mask.farther': row('mask', '-'),
  'mask.whole': row('mask', 'Home'),
  'mask.order': row('mask', 'Shift+O'),
  'mask.invert': row('mask', 'Shift+W'),
  'mask.history': row('mask', 'Shift+H'),
  'mask.equalise': row('mask', 'Shift+E'),

  'refining.brush': row('refining', 'B'),
  'refining.eraser': row('refining', 'E'),
  'refining.threshold': row('refining', 'T'),
  'refining.smaller': row('refining', '['),
  'refining.larger': row('refining', ']'),
  'refining.pick': row('refining', 'Q'),
  'refining.islands': row('refining', 'X'),
  'refining.modelMask': row('refining', 'R'),
  'refining.lock': row('refining', 'L'),
  'refining.window': row('refining', 'W'),
  'refining.problems': row('refining', '!'),

  'checking.brush': row('checking', 'B'),
  'checking.eraser': row('checking', 'E'),
  'checking.threshold': row('checking', 'T'),
  'checking.smaller': row('checking', '['),
  'checking.larger': row('checking', ']'),
  'checking.pick': row('checking', 'Q'),
  'checking.islands': row('checking', 'Shift+Q'),
  'checking.modelMask': row('checking', 'Shift+R'),
  'checking.lock': row('checking', 'L'),
  'checking.window': row('checking', 'W'),
  'checking.flip': hold('checking', 'X'),
  'checking.show': row('checking', 'Shift+C'),
  'checking.problems': row('checking', '!'),
  'checking.return': row('checking', 'R'),

  'reading.grade0': row('reading', '0'),
  'reading.grade1': row('reading', '1'),
  'reading.grade2': row('reading', '2'),
  'reading.grade3': row('reading', '3'),
  'reading.wedge': row('reading', 'W'),
  'reading.biconcave': row('reading', 'B'),
  'reading.crush': row('reading', 'C'),
  'reading.notGraded': row('reading', 'X'),
  'reading.material': row('reading', 'M'),
  'reading.deformity': row('reading', 'D'),
  'reading.ao': row('reading', 'O'),
  'reading.unsure': row('reading', 'Q'),
  'reading.remark': row('reading', 'R'),
  'reading.sliceBefore': row('reading', 'ArrowUp', 'PageUp'),
  'reading.sliceAfter': row('reading', 'ArrowDown', 'PageDown'),
  'reading.fractureFirst': row('reading', '['),
  'reading.fractureLast': row('reading', ']'),
  'reading.counted': row('reading', 'H'),
  'reading.amend': row('reading', 'Shift+A'),
  'reading.othersNormal': row('reading', 'Shift+Enter'),
  'reading.plane': row('reading', 'P'),
  'reading.ownMask': row('reading', 'T'),
  'reading.points': row('reading', 'E'),
  'reading.place': row('reading', 'A'),
  'reading.removePoints': row('reading', 'Delete'),
  'reading.snap': row('reading', 'S'),
  'reading.snapAll': row('reading', 'Shift+S'),
  'reading.howMade': row('reading', 'I'),

  'consensus.takeA': row('consensus', '1'),
  'consensus.takeB': row('consensus', '2'),
  'consensus.mean': row('consensus', '3'),
  'consensus.staple': row('consensus', '4'),
  'consensus.edit': row('consensus', 'E'),
  'consensus.defer': row('consensus', 'D'),
  'consensus.onlyA': hold('consensus', 'A'),
  'consensus.onlyB': hold('consensus', 'B'),
  'consensus.plane': row('consensus', 'P'),
  'consensus.ask': row('consensus', 'T'),
  'consensus.reopen': row('consensus', 'O'),
  'consensus.remark': row('consensus', 'R'),
  'consensus.thresholds': row('consensus', 'C'),
  'consensus.pen': row('consensus', 'H'),

  'editing.grade0': row('editing', '0'),
  'editing.grade1': row('editing', '1'),
  'editing.grade2': row('editing', '2'),
  'editing.grade3': row('editing', '3'),
  'editing.wedge': row('editing', 'W'),
  'editing.biconcave': row('editing', 'B'),
  'editing.crush': row('editing', 'C'),
  'editing.points': row('editing', 'E'),
  'editing.place': row('editing', 'A'),
  'editing.snap': row('editing', 'S'),
  'editing.snapAll': row('editing', 'Shift+S'),
  'editing.plane': row('editing', 'P'),
  'editing.remark': row('editing', 'R'),
  'editing.stop': fixed('editing', 'Escape'),
} as const satisfies Record<string, CommandRow>

export type CommandId = keyof typeof COMMANDS
export const COMMAND_IDS = Object.keys(COMMANDS) as readonly CommandId[]

export const commandRow = (id: CommandId): CommandRow => COMMANDS[id]

const SHIFTLESS = /^[^a-z0-9]$/i

/** Writes a key press as the table does: modifiers in the order Ctrl, Shift, then the key. */
export function keyName(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>): string {
  if (event.altKey) return ''
  const key = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toUpperCase() : event.key
  const shift = event.shiftKey && !SHIFTLESS.test(event.key) ? 'Shift+' : ''
  return `${event.ctrlKey || event.metaKey ? 'Ctrl+' : ''}${shift}${key}`
}

export const isAlive = (id: CommandId, screen: Screen): boolean => ALIVE[screen].includes(commandRow(id).scope)

const SCREENS = Object.keys(ALIVE) as Screen[]

/** Whether two commands can be alive at once, so that they must not share a key. */
export const meet = (a: CommandId, b: CommandId): boolean => SCREENS.some((screen) => isAlive(a, screen) && isAlive(b, screen))
