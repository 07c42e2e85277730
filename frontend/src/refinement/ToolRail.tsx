import { Menu, Tooltip } from '@mantine/core'
import {
  IconArrowBackUp, IconArrowForwardUp, IconArrowMerge, IconArrowsSplit2, IconBrush, IconBucketDroplet, IconCircleDashed, IconColorPicker, IconContrast, IconDots,
  IconEraser, IconEye, IconFocusCentered, IconMagnet, IconPuzzle, IconPuzzle2, IconResize, IconScissors, IconSparkles, IconStack2, IconTrash, IconWand,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import type { CommandId } from '../keys/commands'
import { KeyOf } from '../keys/KeysSheet'
import { useFirstKey } from '../keys/keyStore'
import type { SpineView, ToolInHand } from '../viewer'
import { type PaintingScope, takeInHand } from './usePaintingKeys'
import { useStepWords } from './UndoHint'

interface Tool {
  readonly command: CommandId | null
  readonly name: string
  readonly icon: ReactNode
  readonly act: () => void
  readonly isOn?: boolean
  /** Moves into the menu of further tools where the rail is short. */
  readonly isFurther?: true
  /** What it would do now, for the tooltip. */
  readonly says?: string | null
}

const SIZE = 20

/**
 * The tools, grouped. A button takes its tool in hand and shows its options; what has none acts at once.
 */
export function ToolRail({ view, scope, mayPaint }: { view: SpineView; scope: PaintingScope; mayPaint: boolean }) {
  const { t } = useTranslation()
  const groups = useTools(view, scope)
  const shown = mayPaint ? [groups.painting, groups.shaping, groups.history, groups.looking] : [groups.looking]
  return (
    <div className="ws-tools" role="toolbar" aria-orientation="vertical" aria-label={t('refinement.tools')} onKeyDown={roveFocus} onMouseDown={keepFocus}>
      {shown.map((group, place) => (
        <div key={place} className="ws-tool-group">
          {group.map((tool) => <ToolButton key={tool.name} tool={tool} />)}
          {group === groups.shaping && <FurtherTools tools={shown.flat().filter((tool) => tool.isFurther)} />}
        </div>
      ))}
    </div>
  )
}

function useTools(view: SpineView, scope: PaintingScope): Record<'painting' | 'shaping' | 'history' | 'looking', Tool[]> {
  const { t } = useTranslation()
  const inHand = useStore(view.state, (state) => state.tool)
  const outlineOnly = useStore(view.state, (state) => state.outlineOnly)
  const { toolbox } = view
  const steps = useStepWords(view)
  const hand = (tool: ToolInHand, command: CommandId | null, Icon: typeof IconBrush): Tool => ({
    command, name: t(`tools.tool.${tool}`), icon: <Icon size={SIZE} />, act: () => takeInHand(view, tool), isOn: inHand === tool,
  })
  const once = (name: string, command: CommandId, Icon: typeof IconBrush, act: () => void): Tool => ({ command, name, icon: <Icon size={SIZE} />, act })
  const further = (tool: Tool): Tool => ({ ...tool, isFurther: true })
  return {
    painting: [
      hand('brush', `${scope}.brush`, IconBrush), hand('eraser', `${scope}.eraser`, IconEraser), hand('adaptive', 'mask.adaptive', IconMagnet),
      hand('scissors', 'mask.scissors', IconScissors), hand('fill', 'mask.fill', IconBucketDroplet), hand('pick', `${scope}.pick`, IconColorPicker),
    ],
    shaping: [
      hand('islands', `${scope}.islands`, IconPuzzle), hand('holes', 'mask.holes', IconCircleDashed),
      once(t('tools.tool.interpolate'), 'mask.interpolate', IconStack2, () => void toolbox.interpolate()),
      hand('smooth', 'mask.smooth', IconWand), hand('split', 'mask.split', IconArrowsSplit2),
      further(hand('merge', 'mask.merge', IconArrowMerge)), further(hand('absorb', 'mask.absorb', IconPuzzle2)), further(hand('grow', 'mask.grow', IconResize)),
      further(once(t('tools.tool.clear'), 'mask.clear', IconTrash, () => void toolbox.clear())),
    ],
    history: [
      once(t('tools.tool.modelMask'), `${scope}.modelMask`, IconSparkles, () => void toolbox.modelMask()),
      { ...once(t('command.undo'), 'undo', IconArrowBackUp, () => view.editor.undo()), says: steps.undo && t('refinement.undoes', { what: steps.undo }) },
      { ...once(t('command.redo'), 'redo', IconArrowForwardUp, () => view.editor.redo()), says: steps.redo && t('refinement.redoes', { what: steps.redo }) },
    ],
    looking: [
      hand('look', null, IconFocusCentered),
      once(t(`command.${scope}_window`), `${scope}.window`, IconContrast, () => view.nextPreset()),
      further({ command: 'outlineOnly', name: t('command.outlineOnly'), icon: <IconEye size={SIZE} />, act: () => view.toggleOutline(), isOn: outlineOnly }),
    ],
  }
}

const SHORT: Readonly<Record<string, string>> = { Delete: 'Del' }
const shortened = (key: string) => SHORT[key] ?? key.replace('Shift+', '\u21e7')

function ToolButton({ tool }: { tool: Tool }) {
  const key = useFirstKey(tool.command)
  return (
    <Tooltip label={[key ? `${tool.name} (${key})` : tool.name, tool.says].filter(Boolean).join(': ')} position="right" openDelay={400}>
      <button type="button" className="ws-tool" data-further={tool.isFurther} aria-label={tool.name} aria-pressed={tool.isOn} onClick={tool.act}>
        {tool.icon}
        {key && <span aria-hidden="true" data-key={shortened(key)} />}
      </button>
    </Tooltip>
  )
}

/** The menu of what a short rail has no room for. */
function FurtherTools({ tools }: { tools: readonly Tool[] }) {
  const { t } = useTranslation()
  return (
    <Menu position="right-start" returnFocus={false} trapFocus={false}>
      <Menu.Target>
        <button type="button" className="ws-tool ws-more" aria-label={t('tools.more')} data-on={tools.some((tool) => tool.isOn)}>
          <IconDots size={SIZE} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {tools.map((tool) => (
          <Menu.Item key={tool.name} leftSection={tool.icon} rightSection={tool.command && <KeyOf command={tool.command} />} onClick={tool.act}>
            {tool.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

/** Arrow keys move the focus within the toolbar. */
function roveFocus(event: React.KeyboardEvent<HTMLDivElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0) return
  const buttons = [...event.currentTarget.querySelectorAll('button')].filter((button) => button.offsetParent !== null)
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
  buttons[(at + step + buttons.length) % buttons.length]?.focus()
  event.preventDefault()
}

/** A click with the mouse leaves the keyboard with the picture, so that Space keeps hiding the overlay. */
export function keepFocus(event: React.MouseEvent): void {
  event.preventDefault()
}
