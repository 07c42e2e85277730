import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Protocols, ProtocolVersion } from '../api/types'
import { formatNumber, formatPercent } from '../domain/format'
import page from '../shell/page.module.css'
import { armShares } from './draft'
import classes from './Protocol.module.css'

const NUMBER_OF = { noise_of_g: 2, great_difference_of_g: 2, mask_dice: 2 } as const

function Section({ name, children }: { name: string; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <section className={classes.section}>
      <h3 className={classes.heading}>{t(`protocol.section.${name}`)}</h3>
      <dl className={page.facts}>{children}</dl>
    </section>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <>
      <dt>{t(`protocol.field.${name}`)}</dt>
      <dd>{children}</dd>
    </>
  )
}

/** The thresholds of a grade convention in words. */
export function useThresholds(known: Protocols['conventions']) {
  const { t } = useTranslation()
  return (name: string) => {
    const found = known.find((one) => one.name === name)
    if (!found) return name
    const [mild, moderate, severe] = [found.mild, found.moderate, found.severe].map((value) => formatNumber(value, 2))
    return t('protocol.thresholds', { name, mild, moderate, severe })
  }
}

function Arms({ version }: { version: ProtocolVersion }) {
  const { t } = useTranslation()
  const shares = armShares(version.arms)
  return (
    <ul className={classes.arms}>
      {version.arms.map((arm, place) => (
        <li key={arm.name}>
          <strong>{arm.name}</strong> {t(`protocol.exposure.${arm.exposure}`)}
          <span className={page.soft}> · {t('protocol.arm_share', { share: formatPercent(100 * (shares[place] ?? 0)) })}</span>
        </li>
      ))}
    </ul>
  )
}

const percent = (share: number) => formatPercent(100 * share, (100 * share) % 1 === 0 ? 0 : 1)

/** All that one version says. */
export function VersionFacts({ version, protocols }: { version: ProtocolVersion; protocols: Protocols }) {
  const { t } = useTranslation()
  const thresholds = useThresholds(protocols.conventions)
  const days = (count: number) => t('protocol.days', { count })
  const { limits } = version
  return (
    <div className={classes.facts}>
      <Section name="grading">
        <Fact name="convention">{thresholds(version.convention)}</Fact>
        <Fact name="grades_cervical">{t(version.grades_cervical ? 'protocol.graded' : 'protocol.not_graded')}</Fact>
        <Fact name="classifies_ao">{t(version.classifies_ao ? 'protocol.asked' : 'protocol.not_asked')}</Fact>
      </Section>
      <Section name="readers">
        <Fact name="readers_per_case">{formatNumber(version.readers_per_case)}</Fact>
        <Fact name="overlap_share">
          {version.overlap_share >= 1
            ? t('protocol.every_case')
            : `${t('protocol.share', { share: percent(version.overlap_share) })}, ${t('protocol.one_reader')}`}
        </Fact>
        <Fact name="way">{t(`protocol.way.${version.way}`)}</Fact>
        <Fact name="due_days">{version.due_days === null ? t('protocol.no_date') : days(version.due_days)}</Fact>
      </Section>
      <Section name="proposal">
        {version.arms.length > 0 ? (
          <Fact name="arms"><Arms version={version} /></Fact>
        ) : (
          <Fact name="proposal_exposure">{t(`protocol.exposure.${version.proposal_exposure}`)}</Fact>
        )}
      </Section>
      <Section name="masks">
        <Fact name="independent_masks">{t('protocol.masks_of', { count: version.independent_masks })}</Fact>
        {version.independent_masks > 0 && <Fact name="masks_begin">{t(`protocol.masks_begin.${version.masks_begin}`)}</Fact>}
      </Section>
      <Section name="control">
        <Fact name="repeat_share">
          {version.repeat_share > 0 ? t('protocol.share_own', { share: percent(version.repeat_share) }) : t('protocol.none_of')}
        </Fact>
        {version.repeat_share > 0 && <Fact name="repeat_after_days">{days(version.repeat_after_days)}</Fact>}
        <Fact name="catch_share">
          {version.catch_share > 0 ? t('protocol.share', { share: percent(version.catch_share) }) : t('protocol.none_of')}
        </Fact>
      </Section>
      <Section name="limits">
        {(Object.keys(NUMBER_OF) as (keyof typeof NUMBER_OF)[]).map((name) => (
          <Fact key={name} name={name}>{formatNumber(limits[name], NUMBER_OF[name])}</Fact>
        ))}
        <Fact name="great_distance_mm">{t('protocol.mm', { value: formatNumber(limits.great_distance_mm, 1) })}</Fact>
        <Fact name="mask_hd95_mm">{t('protocol.mm', { value: formatNumber(limits.mask_hd95_mm, 1) })}</Fact>
      </Section>
      <Section name="consensus">
        <Fact name="wash_out_days">{version.wash_out_days > 0 ? days(version.wash_out_days) : t('protocol.at_once')}</Fact>
        <Fact name="adjudicator">{version.adjudicator_name || t('protocol.nobody')}</Fact>
      </Section>
      {version.note && <p className={classes.note}>{version.note}</p>}
    </div>
  )
}
