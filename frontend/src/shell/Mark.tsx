/** The mark of Lamina: three end plates, one above the other. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="var(--accent)" strokeWidth="2" aria-hidden>
      <path d="M2 3.5c3 1.6 5.2 2 8 2s5-.4 8-2" strokeLinecap="round" />
      <path d="M2 9.5c3 1.6 5.2 2 8 2s5-.4 8-2" strokeLinecap="round" />
      <path d="M2 15.5c3 1.6 5.2 2 8 2s5-.4 8-2" strokeLinecap="round" />
    </svg>
  )
}
