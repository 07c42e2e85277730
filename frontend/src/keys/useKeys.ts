import { useEffect, useRef } from 'react'
import { type CommandId, COMMANDS, commandFor, commandRow, keyName, type Scope } from './commands'

type Act = () => void
interface Binding {
  readonly press: Act
  readonly release?: Act
}

const scopes: Scope[] = []
const bindings = new Map<CommandId, Binding[]>()
const heldDown = new Map<string, CommandId>()
let isListening = false

const currentScope = (): Scope =>
  document.querySelector('[aria-modal="true"]') ? 'dialog' : (scopes.at(-1) ?? 'list')

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
  const id = commandFor(key, currentScope())
  const binding = id && bindingOf(id)
  if (!id || !binding) return
  event.preventDefault()
  if (commandRow(id).held) {
    if (event.repeat || heldDown.has(event.code)) return
    heldDown.set(event.code, id)
  }
  binding.press()
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

/** Makes `scope` the one whose commands are alive while the calling screen is shown. */
export function useScope(scope: Scope): void {
  useEffect(() => {
    listen()
    scopes.push(scope)
    return () => {
      scopes.splice(scopes.lastIndexOf(scope), 1)
    }
  }, [scope])
}

/**
 * Binds a command of the table to an act while the calling component is shown.
 *
 * @param press runs at key down (not again while a held command's key repeats).
 * @param options.release runs when a held command's key goes up.
 * @param options.enabled false unbinds, so that the keys sheet does not show the command.
 */
export function useCommand(id: CommandId, press: Act, options: { release?: Act; enabled?: boolean } = {}): void {
  const { release: releaseAct, enabled = true } = options
  const latest = useRef<Binding>({ press, release: releaseAct })
  latest.current = { press, release: releaseAct }
  useEffect(() => {
    if (!enabled) return
    listen()
    const binding: Binding = {
      press: () => latest.current.press(),
      release: () => latest.current.release?.(),
    }
    bindings.set(id, [...(bindings.get(id) ?? []), binding])
    return () => {
      bindings.set(id, (bindings.get(id) ?? []).filter((other) => other !== binding))
    }
  }, [id, enabled])
}

/** Commands that would act now, for the keys sheet. */
export function aliveCommands(scope: Scope = currentScope()): CommandId[] {
  return (Object.keys(COMMANDS) as CommandId[]).filter((id) => {
    const { scope: own } = commandRow(id)
    return bindingOf(id) && (own === scope || own === 'everywhere')
  })
}
