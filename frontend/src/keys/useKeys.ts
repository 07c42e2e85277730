import { useEffect, useRef } from 'react'
import { COMMAND_IDS, type CommandId, commandRow, isAlive, keyName, type Screen } from './commands'
import { acts, commandFor } from './keyMap'
import { keyStore } from './keyStore'

type Release = () => void
/** Is told the key, for commands that mean something else by each of theirs. */
type Act = (key: string) => void
interface Binding {
  readonly press: Act
  readonly release?: Release
}

const screens: Screen[] = []
const bindings = new Map<CommandId, Binding[]>()
const heldDown = new Map<string, CommandId>()
let isListening = false

const currentScreen = (): Screen =>
  document.querySelector('[aria-modal="true"]') ? 'dialog' : (screens.at(-1) ?? 'list')

const bindingOf = (id: CommandId): Binding | undefined => bindings.get(id)?.at(-1)

/** Letters are off while typing; Enter (alone) and Space stay with a focused control that uses them. */
function isTakenByControl(event: KeyboardEvent): boolean {
  if (!(event.target instanceof HTMLElement)) return false
  const { target } = event
  if (event.ctrlKey || event.metaKey) return false
  if (target.isContentEditable || target.matches('input:not([type=range]):not([type=checkbox]):not([type=radio]), textarea, select'))
    return true
  const isActivation = (event.key === 'Enter' && !event.shiftKey) || event.key === ' '
  return isActivation && target.matches('button, a[href], summary, input, [role=button], [role=menuitem]')
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || isTakenByControl(event)) return
  const key = keyName(event)
  const { map, table } = keyStore.getState()
  const id = acts(key, map) ? commandFor(key, currentScreen(), table) : null
  const binding = id && bindingOf(id)
  if (!id || !binding) return
  event.preventDefault()
  if (commandRow(id).held) {
    if (event.repeat || heldDown.has(event.code)) return
    heldDown.set(event.code, id)
  }
  binding.press(key)
}

function release(code: string): void {
  const id = heldDown.get(code)
  heldDown.delete(code)
  if (id) bindingOf(id)?.release?.()
}

function listen(): void {
  if (isListening) return
  isListening = true
  window.addEventListener('keydown', onKeyDown)
  window.addEventListener('keyup', (event) => release(event.code))
  window.addEventListener('blur', () => {
    for (const code of [...heldDown.keys()]) release(code)
  })
}

/** Makes the commands of `screen` alive while the calling screen is shown. */
export function useScope(screen: Screen): void {
  useEffect(() => {
    listen()
    screens.push(screen)
    return () => {
      screens.splice(screens.lastIndexOf(screen), 1)
    }
  }, [screen])
}

/**
 * Binds a command of the table to an act while the calling component is shown.
 *
 * @param press runs at key down (not again while a held command's key repeats).
 * @param options.release runs when a held command's key goes up.
 * @param options.enabled false unbinds, so that the keys sheet does not show the command.
 */
export function useCommand(id: CommandId, press: Act, options: { release?: Release; enabled?: boolean } = {}): void {
  const { release: releaseAct, enabled = true } = options
  const latest = useRef<Binding>({ press, release: releaseAct })
  latest.current = { press, release: releaseAct }
  useEffect(() => {
    if (!enabled) return
    listen()
    const binding: Binding = {
      press: (key) => latest.current.press(key),
      release: () => latest.current.release?.(),
    }
    bindings.set(id, [...(bindings.get(id) ?? []), binding])
    return () => {
      bindings.set(id, (bindings.get(id) ?? []).filter((other) => other !== binding))
    }
  }, [id, enabled])
}

/** Commands that would act now, for the keys sheet. */
export function aliveCommands(screen: Screen = currentScreen()): CommandId[] {
  return COMMAND_IDS.filter((id) => bindingOf(id) && isAlive(id, screen))
}
