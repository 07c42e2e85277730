import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconArrowLeft, IconCloudCheck, IconCloudOff, IconCloudUp, IconEyeOff } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ActiveTime } from '../activity'
import type { CaseDetail } from '../api/types'
import { conventionOf } from '../domain/genant'
import { progress } from '../grading/findings'
import { KeyOf } from '../keys/KeysSheet'
import classes from './reading.module.css'
import { CountedMenu } from './CountedMenu'
import { ReturnDialog } from './ReturnDialog'
import type { Acts } from './useActs'
import type { Desk } from './useDesk'
import type { OpenMenu } from './useReadingKeys'
import type { Versions } from './useVersions'

interface Props {
  readonly desk: Desk
  readonly detail: CaseDetail
  readonly acts: Acts
  readonly versions: Versions
  readonly menu: OpenMenu
  readonly setMenu: (menu: OpenMenu) => void
}

/** The bar above a reading: what it is, how far it is, whether it is stored. */
export function ReadingBar({ desk, detail, acts, versions, menu, setMenu }: Props) {
  const { t } = useTranslation()
  const [returns, setReturns] = useState(false)
  const [a, b, c] = conventionOf(desk.reading.convention).limits.map((limit) => Math.round(100 - 100 * limit))
  const { done, of } = progress(desk.findings)
  return (
    <div className={classes.bar}>
      <ActionIcon variant="subtle" color="gray" aria-label={t('reading.back')} onClick={() => void acts.toWorklist()}>
        <IconArrowLeft size={18} />
      </ActionIcon>
      <h1 className={classes.code}>{detail.code}</h1>
      <span className={classes.support}>{detail.title}</span>
      <span className={classes.badge} hidden={desk.reading.amends !== null}>
        <IconEyeOff size={14} />
        {t('reading.blind', { count: detail.readings?.needed ?? 1 })}
      </span>
      <span className={classes.badge}>{t('reading.limits', { a, b, c })}</span>
      <CountedMenu desk={desk} acts={acts} menu={menu} setMenu={setMenu} />
      <Amended desk={desk} versions={versions} />
      <span className={classes.push} />
      <ActiveTime detail={detail} />
      <span>{t('reading.progress', { done, of })}</span>
      <Saved desk={desk} />
      {desk.reading.paints && (
        <Button variant="default" size="xs" rightSection={<KeyOf command="reading.ownMask" />} onClick={() => void acts.toOwnMask()}>
          {t('reading.ownMask')}
        </Button>
      )}
      {desk.isOpen && (
        <>
          {detail.moves.includes('return_from_reading') && desk.reading.amends === null && (
            <Button variant="subtle" color="gray" size="xs" onClick={() => setReturns(true)}>
              {t('reading.return.open')}
            </Button>
          )}
          <Button
            variant="default"
            size="xs"
            rightSection={<KeyOf command="reading.othersNormal" />}
            onClick={() => void acts.fillNormal()}
          >
            {t('reading.othersNormal')}
          </Button>
          <Button
            size="xs"
            disabled={acts.isBusy || done < of || desk.drafts.cutOffSince !== null}
            title={desk.drafts.cutOffSince ? t('reading.submitWaits') : undefined}
            onClick={() => void acts.submit()}
          >
            {t('reading.submit')}
          </Button>
        </>
      )}
      <ReturnDialog opened={returns} close={() => setReturns(false)} sendBack={acts.sendBack} />
    </div>
  )
}

/** What an amendment is for, with the reading before it and the way out. */
function Amended({ desk, versions }: Pick<Props, 'desk' | 'versions'>) {
  const { t } = useTranslation()
  const { reading, isOpen } = desk
  if (reading.amends === null || versions.former !== null) return null
  const text = t('reading.amend.amends', { reason: reading.reason })
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <Button variant="light" color="yellow" size="compact-sm" className={classes.amended} title={text}>
          {text}
        </Button>
      </Menu.Target>
      <Menu.Dropdown maw={420}>
        <Menu.Label>{text}</Menu.Label>
        <Menu.Item onClick={versions.showFormer}>{t('reading.amend.showFormer')}</Menu.Item>
        {isOpen && <Menu.Item onClick={() => void versions.leave()}>{t('reading.amend.leave')}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  )
}

function Saved({ desk }: { desk: Desk }) {
  const { t } = useTranslation()
  const { waiting, cutOffSince } = desk.drafts
  if (!desk.isOpen) return null
  if (cutOffSince !== null) {
    return (
      <span className={classes.saved} role="status">
        <IconCloudOff size={18} color="var(--warn)" />
      </span>
    )
  }
  const text = waiting > 0 ? t('reading.saving', { count: waiting }) : t('reading.saved')
  const Icon = waiting > 0 ? IconCloudUp : IconCloudCheck
  return (
    <span className={classes.saved} role="status">
      <Icon size={18} color={waiting > 0 ? 'var(--t3)' : 'var(--ok)'} />
      {text}
    </span>
  )
}
