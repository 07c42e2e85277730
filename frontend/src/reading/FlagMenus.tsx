import { Button, Checkbox, Menu, Textarea } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Finding } from '../api/types'
import {
  AO_CLASSES,
  AO_MODIFIERS,
  AO_NEUROLOGY,
  aoChange,
  aoWords,
  confidenceChange,
  DEFORMITIES,
  deformityChange,
  mayGrade,
  MATERIALS,
  materialChange,
  modifierChange,
  neurologyChange,
  NOT_GRADED_REASONS,
  notGradedChange,
} from '../grading/findings'
import type { CommandId } from '../keys/commands'
import { KeyOf } from '../keys/KeysSheet'
import classes from './reading.module.css'
import type { Desk } from './useDesk'
import type { OpenMenu } from './useReadingKeys'

interface Props {
  readonly desk: Desk
  readonly finding: Finding
  readonly menu: OpenMenu
  readonly setMenu: (menu: OpenMenu) => void
}

/** Not graded, foreign material, other deformity. */
export function FlagMenus({ desk, finding, menu, setMenu }: Props) {
  const { t } = useTranslation()
  const { number } = finding
  const gradable = mayGrade(finding)
  const opening = (name: OpenMenu) => ({
    opened: menu === name,
    onChange: (opened: boolean) => setMenu(opened ? name : null),
    isOpen: desk.isOpen,
  })
  return (
    <>
      {gradable && (
        <FlagMenu {...opening('notGraded')} command="reading.notGraded" text={t('reading.own.notGraded')}>
          <Menu.Label>{t('reading.own.notGradedTitle')}</Menu.Label>
          {NOT_GRADED_REASONS.filter((reason) => reason !== 'cervical').map((reason) => (
            <Menu.CheckboxItem
              key={reason}
              checked={finding.not_graded_reason === reason}
              onChange={() => {
                desk.change(number, notGradedChange(finding, reason))
                setMenu(null)
              }}
            >
              {t(`grading.reason.${reason}`)}
            </Menu.CheckboxItem>
          ))}
        </FlagMenu>
      )}
      <FlagMenu
        {...opening('material')}
        command="reading.material"
        text={countOf(t('reading.own.material'), finding.foreign_material)}
      >
        <Menu.Label>{t('reading.own.materialTitle')}</Menu.Label>
        {MATERIALS.map((name) => (
          <Menu.CheckboxItem
            key={name}
            checked={finding.foreign_material.includes(name)}
            onChange={() => desk.change(number, materialChange(finding, name))}
          >
            {t(`grading.material.${name}`)}
          </Menu.CheckboxItem>
        ))}
      </FlagMenu>
      {gradable && (
        <FlagMenu
          {...opening('deformity')}
          command="reading.deformity"
          text={countOf(t('reading.own.deformity'), finding.deformity)}
        >
          <Menu.Label>{t('reading.own.deformityTitle')}</Menu.Label>
          {DEFORMITIES.map((name) => (
            <Menu.CheckboxItem
              key={name}
              checked={finding.deformity.includes(name)}
              onChange={() => desk.change(number, deformityChange(finding, name))}
            >
              {t(`grading.deformity.${name}`)}
            </Menu.CheckboxItem>
          ))}
        </FlagMenu>
      )}
      {desk.reading.classifies_ao && (
        <FlagMenu
          {...opening('ao')}
          command="reading.ao"
          text={`${t('reading.own.ao')} ${aoWords(finding)}`.trim()}
        >
          <Menu.Label>{t('reading.own.aoTitle')}</Menu.Label>
          {AO_CLASSES.map((name) => (
            <Menu.CheckboxItem
              key={name}
              checked={finding.ao_class === name}
              onChange={() => {
                desk.change(number, aoChange(finding, name))
                setMenu(null)
              }}
            >
              {t(`grading.ao.${name}`)}
            </Menu.CheckboxItem>
          ))}
          {finding.ao_class !== null && <AoModifiers desk={desk} finding={finding} />}
        </FlagMenu>
      )}
    </>
  )
}

/** What stands beside a class: neurological status and modifiers, each of them optional. */
function AoModifiers({ desk, finding }: Pick<Props, 'desk' | 'finding'>) {
  const { t } = useTranslation()
  const { number } = finding
  return (
    <>
      <Menu.Label>{t('reading.own.aoNeurology')}</Menu.Label>
      {AO_NEUROLOGY.map((name) => (
        <Menu.CheckboxItem
          key={name}
          checked={finding.ao_neurology === name}
          onChange={() => desk.change(number, neurologyChange(finding, name))}
        >
          {t(`grading.ao_neurology.${name}`)}
        </Menu.CheckboxItem>
      ))}
      <Menu.Label>{t('reading.own.aoModifiers')}</Menu.Label>
      {AO_MODIFIERS.map((name) => (
        <Menu.CheckboxItem
          key={name}
          checked={finding.ao_modifiers.includes(name)}
          onChange={() => desk.change(number, modifierChange(finding, name))}
        >
          {t(`grading.ao_modifier.${name}`)}
        </Menu.CheckboxItem>
      ))}
    </>
  )
}

/** Unsure, and a remark in words. */
export function Doubts({ desk, finding, menu, setMenu }: Props) {
  const { t } = useTranslation()
  const { number } = finding
  return (
    <>
      <Checkbox
        size="xs"
        className={classes.unsure}
        label={
          <>
            {t('reading.own.unsure')} <KeyOf command="reading.unsure" />
          </>
        }
        checked={finding.confidence === 'unsure'}
        disabled={!desk.isOpen}
        onChange={() => desk.change(number, confidenceChange(finding, 'unsure'))}
      />
      <FlagMenu
        opened={menu === 'remark'}
        onChange={(opened) => setMenu(opened ? 'remark' : null)}
        isOpen={desk.isOpen}
        command="reading.remark"
        text={t('reading.own.remark') + (finding.remark ? ' ·' : '')}
      >
        <RemarkField key={number} remark={finding.remark} keep={(remark) => desk.change(number, { remark })} />
      </FlagMenu>
    </>
  )
}

const countOf = (text: string, list: readonly string[]) => (list.length > 0 ? `${text} (${list.length})` : text)

interface MenuProps {
  readonly opened: boolean
  readonly onChange: (opened: boolean) => void
  readonly isOpen: boolean
  readonly command?: CommandId
  readonly text: string
  readonly children: ReactNode
}

function FlagMenu({ opened, onChange, isOpen, command, text, children }: MenuProps) {
  return (
    <Menu
      opened={opened}
      onChange={onChange}
      position="top-start"
      closeOnItemClick={false}
      disabled={!isOpen}
      withinPortal
    >
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          className={classes.flag}
          disabled={!isOpen}
          leftSection={command && <KeyOf command={command} />}
          styles={{ section: { marginInlineEnd: 5 } }}
        >
          {text}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  )
}

/** A remark is kept when the field is left, and when it disappears. */
function RemarkField({ remark, keep }: { remark: string; keep: (remark: string) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState(remark)
  const [pause, setPause] = useState(0)
  useEffect(() => {
    if (pause === 0) return
    const timer = setTimeout(() => keep(text), 400)
    return () => clearTimeout(timer)
  }, [pause])
  return (
    <Textarea
      autoFocus
      w={320}
      autosize
      minRows={2}
      aria-label={t('reading.own.remark')}
      placeholder={t('reading.own.remarkPlaceholder')}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value)
        setPause((count) => count + 1)
      }}
      onBlur={() => text !== remark && keep(text)}
    />
  )
}
