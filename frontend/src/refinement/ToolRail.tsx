import { Tooltip } from '@mantine/core'
import { IconArrowBackUp, IconArrowForwardUp, IconBrush, IconColorPicker, IconContrast, IconEraser, IconEye, IconFocusCentered } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import type { CommandId } from '../keys/commands'
import { useFirstKey } from '../keys/keyStore'
import type { SpineView, ToolInHand } from '../viewer'

interface Tool {
  readonly command: CommandId | null
  readonly name: string
  readonly icon: ReactNode
  readonly act: () => void
  readonly isOn?: boolean
}

const SIZE = 20

export function ToolRail({ view, scope, mayPaint }: { view: SpineView; scope: 'refining' | 'checking'; mayPaint: boolean }) {
  const { t } = useTranslation()
  const inHand = useStore(view.state, (state) => state.tool)
  const outlineOnly = useStore(view.state, (state) => state.outlineOnly)
  const hand = (tool: ToolInHand, command: CommandId | null, name: string, icon: ReactNode): Tool => ({
    command, name, icon, act: () => view.state.setState({ tool }), isOn: inHand === tool,
  })
  const painting = [
    hand('brush', `${scope}.brush`, t('refinement.brush'), <IconBrush size={SIZE} />),
    hand('eraser', `${scope}.eraser`, t('refinement.eraser'), <IconEraser size={SIZE} />),
    hand('pick', `${scope}.pick`, t('refinement.pick'), <IconColorPicker size={SIZE} />),
  ]
  const history: Tool[] = [
    { command: 'undo', name: t('command.undo'), icon: <IconArrowBackUp size={SIZE} />, act: () => view.editor.undo() },
    { command: 'redo', name: t('command.redo'), icon: <IconArrowForwardUp size={SIZE} />, act: () => view.editor.redo() },
  ]
  const looking: Tool[] = [
    hand('look', null, t('refinement.look'), <IconFocusCentered size={SIZE} />),
    { command: `${scope}.window`, name: t(`command.${scope}_window`), icon: <IconContrast size={SIZE} />, act: () => view.nextPreset() },
    { command: 'outlineOnly', name: t('command.outlineOnly'), icon: <IconEye size={SIZE} />, act: () => view.toggleOutline(), isOn: outlineOnly },
  ]
  const groups = mayPaint ? [painting, history, looking] : [looking]
  return (
    <div className="ws-tools" role="toolbar" aria-orientation="vertical" aria-label={t('refinement.tools')} onKeyDown={roveFocus} onMouseDown={keepFocus}>
      {groups.map((group, place) => (
        <div key={place} className="ws-tool-group">
          {group.map((tool) => <ToolButton key={tool.name} tool={tool} />)}
        </div>
      ))}
    </div>
  )
}

function ToolButton({ tool }: { tool: Tool }) {
  const key = useFirstKey(tool.command)
  return (
    <Tooltip label={key ? `${tool.name} (${key})` : tool.name} position="right" openDelay={400}>
      <button type="button" className="ws-tool" aria-label={tool.name} aria-pressed={tool.isOn} onClick={tool.act}>
        {tool.icon}
        {key && <span aria-hidden="true">{key}</span>}
      </button>
    </Tooltip>
  )
}

/** Arrow keys move the focus within the toolbar. */
function roveFocus(event: React.KeyboardEvent<HTMLDivElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0) return
  const buttons = [...event.currentTarget.querySelectorAll('button')]
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
  buttons[(at + step + buttons.length) % buttons.length]?.focus()
  event.preventDefault()
}

/** A click with the mouse leaves the keyboard with the picture, so that Space keeps hiding the overlay. */
export function keepFocus(event: React.MouseEvent): void {
  event.preventDefault()
}
