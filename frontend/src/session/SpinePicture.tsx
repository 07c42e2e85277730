import { useTranslation } from 'react-i18next'
import classes from './SignIn.module.css'
import spine from './spine.webp'

type Point = readonly [number, number]

/** Six points per body in pixels of the picture, set by hand: anterior, middle, posterior; superior, inferior. */
const BODIES: readonly (readonly (readonly [Point, Point])[])[] = [
  [[[738, 38], [738, 182]], [[862, 34], [865, 190]], [[985, 24], [984, 184]]],
  [[[740, 226], [736, 378]], [[862, 220], [860, 386]], [[988, 212], [980, 398]]],
  [[[728, 416], [722, 572]], [[852, 426], [842, 588]], [[977, 424], [962, 606]]],
  [[[708, 630], [692, 788]], [[835, 622], [812, 808]], [[957, 638], [915, 836]]],
  [[[684, 836], [640, 1016]], [[800, 852], [752, 1032]], [[913, 864], [866, 1070]]],
]

const path = (body: (typeof BODIES)[number]) => {
  const superior = body.map(([top]) => top.join(' ')).join(' L ')
  const inferior = body.map(([, bottom]) => bottom.join(' ')).join(' L ')
  const heights = body.map(([top, bottom]) => `M ${top.join(' ')} L ${bottom.join(' ')}`).join(' ')
  return `M ${superior} M ${inferior} ${heights}`
}

/** A real spine with six points on each body. */
export function SpinePicture() {
  const { t } = useTranslation()
  return (
    <aside className={classes.picture} aria-label={t('session.picture')}>
      <figure>
      <svg viewBox="0 0 1320 1080" preserveAspectRatio="xMaxYMid slice" role="img" aria-label={t('session.picture')}>
        <image href={spine} width="1320" height="1080" />
        {BODIES.map((body) => (
          <g key={path(body)} stroke="#8cb6ff" fill="none">
            <path d={path(body)} strokeWidth="1.5" opacity="0.9" />
            {body.flat().map(([x, y]) => (
              <circle key={`${x} ${y}`} cx={x} cy={y} r="5.5" strokeWidth="2" fill="#17263f" fillOpacity="0.8" />
            ))}
          </g>
        ))}
      </svg>
      <figcaption>{t('session.credit')}</figcaption>
      </figure>
    </aside>
  )
}
