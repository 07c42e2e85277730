import { Tooltip } from '@mantine/core'
import classes from './grading.module.css'
import type { Measure } from './measures'

/** One measure, saying on hover how it was made. */
export function MeasureChip({ measure }: { measure: Measure }) {
  return (
    <Tooltip label={measure.how} multiline w={340} events={{ hover: true, focus: true, touch: true }}>
      <span
        tabIndex={0}
        data-measure={measure.id}
        className={measure.isWarning ? `${classes.measure} ${classes.warn}` : classes.measure}
      >
        {measure.name} <b>{measure.value}</b>
      </span>
    </Tooltip>
  )
}
