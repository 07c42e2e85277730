import { Button, Menu } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ReadingOut } from '../api/types'
import { KeyOf } from '../keys/KeysSheet'
import classes from './reading.module.css'
import type { Acts } from './useActs'
import type { Desk } from './useDesk'
import type { OpenMenu } from './useReadingKeys'

type Counted = Exclude<ReadingOut['levels_counted_from'], ''>
type AnomalyName = ReadingOut['anomalies'][number]

export const COUNTED_FROM: readonly Counted[] = ['C2', 'T1_rib', 'L5_sacrum', 'assumed']
export const ANOMALIES: readonly AnomalyName[] = ['has_T13', 'has_L6', 'lacks_T12', 'lacks_L5']

interface Props {
  readonly desk: Desk
  readonly acts: Acts
  readonly menu: OpenMenu
  readonly setMenu: (menu: OpenMenu) => void
}

/** What the reader says of the whole case: how levels were counted, and which the spine has or lacks. */
export function CountedMenu({ desk, acts, menu, setMenu }: Props) {
  const { t } = useTranslation()
  const { levels_counted_from: counted, anomalies } = desk.reading
  const said = [
    counted === '' ? t('reading.case.notSaid') : t(`grading.countedFrom.${counted}`).split(':')[0],
    ...anomalies.map((name) => t(`grading.anomaly.${name}`)),
  ]
  const toggled = (name: AnomalyName) =>
    anomalies.includes(name) ? anomalies.filter((other) => other !== name) : [...anomalies, name]
  return (
    <Menu
      opened={menu === 'counted'}
      onChange={(opened) => setMenu(opened ? 'counted' : null)}
      position="bottom-end"
      closeOnItemClick={false}
      withinPortal
    >
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-sm" className={classes.flag} disabled={!desk.isOpen}>
          {t('reading.case.button')}: {said.join(', ')}&nbsp;
          {desk.isOpen && <KeyOf command="reading.counted" />}
        </Button>
      </Menu.Target>
      <Menu.Dropdown maw={320}>
        <Menu.Label>{t('reading.case.title')}</Menu.Label>
        {COUNTED_FROM.map((name) => (
          <Menu.CheckboxItem
            key={name}
            checked={counted === name}
            onChange={() => void acts.sayOfCase({ levels_counted_from: counted === name ? '' : name })}
          >
            {t(`grading.countedFrom.${name}`)}
          </Menu.CheckboxItem>
        ))}
        <Menu.Label>{t('reading.case.anomalies')}</Menu.Label>
        {ANOMALIES.map((name) => (
          <Menu.CheckboxItem
            key={name}
            checked={anomalies.includes(name)}
            onChange={() => void acts.sayOfCase({ anomalies: toggled(name) })}
          >
            {t(`grading.anomaly.${name}`)}
          </Menu.CheckboxItem>
        ))}
        <Menu.Label>{t('reading.case.own')}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  )
}
