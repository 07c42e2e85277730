import { colourOf } from '../domain/levelColours'

export function LevelChip({ level }: { level: string }) {
  return <span className="ws-level-chip" style={{ '--level': colourOf(level) } as React.CSSProperties}>{level}</span>
}
