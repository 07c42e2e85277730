import { ActionIcon, Button, Input, NumberInput, Select, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { type Arm, EXPOSURES, type Exposure, withArm, withoutArm } from './draft'
import classes from './Protocol.module.css'

interface ArmsFieldProps {
  arms: readonly Arm[]
  error: string | undefined
  onChange: (arms: Arm[]) => void
}

/** Arms with a name, what they show and their weight. */
export function ArmsField({ arms, error, onChange }: ArmsFieldProps) {
  const { t } = useTranslation()
  const change = (place: number, part: Partial<Arm>) =>
    onChange(arms.map((arm, at) => (at === place ? { ...arm, ...part } : arm)))
  return (
    <Input.Wrapper label={t('protocol.field.arms')} description={t('protocol.help.arms')} error={error} className={classes.wide}>
      <div className={classes.armRows}>
        {arms.map((arm, place) => (
          <div key={place} className={classes.armRow}>
            <TextInput
              value={arm.name}
              maxLength={40}
              aria-label={t('protocol.arm_name')}
              onChange={(event) => change(place, { name: event.currentTarget.value })}
            />
            <Select
              value={arm.exposure}
              allowDeselect={false}
              aria-label={t('protocol.arm_exposure')}
              data={EXPOSURES.map((value) => ({ value, label: t(`protocol.exposure_short.${value}`) }))}
              onChange={(value) => change(place, { exposure: value as Exposure })}
            />
            <NumberInput
              value={arm.weight}
              min={1}
              max={59}
              prefix={`${t('protocol.help.weight')} `}
              aria-label={t('protocol.arm_weight')}
              onChange={(value) => change(place, { weight: Number(value) })}
            />
            <ActionIcon
              variant="subtle"
              size="lg"
              aria-label={t('protocol.remove_arm', { name: arm.name })}
              onClick={() => onChange(withoutArm(arms, place))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </div>
        ))}
        <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => onChange(withArm(arms))}>
          {t('protocol.add_arm')}
        </Button>
      </div>
    </Input.Wrapper>
  )
}
