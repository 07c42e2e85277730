/** What browser tests judge by: every act this page made, as it made it, and what is on screen. */
import type { Outbox, Stroke } from '../bridge'
import { LEVELS } from '../domain/vertebrae'
import type { SpineView } from '../viewer'

type Told = ReturnType<typeof told>

const codeOf = (level: string | null) => (level ? 1 + LEVELS.indexOf(level) : 0)

function told({ id, sequence, tool, number, runs, levels }: Stroke) {
  const rows = Array.from(runs.starts, (start, run) => [start, runs.lengths[run], runs.old[run], runs.new[run]])
  return { id, sequence, tool, number, runs: rows, levels: levels.map((one) => [one.number, codeOf(one.from), codeOf(one.to)]) }
}

/** All that this page made since it was loaded. */
const made: Told[] = []
const known = new Set<string>()
let working: Outbox | null = null

/** Writes down each act when it enters the outbox; returns the way to stop. */
export function recordWork(outbox: Outbox): () => void {
  working = outbox
  const note = () => {
    for (const stroke of outbox.pending())
      if (!known.has(stroke.id)) {
        known.add(stroke.id)
        made.push(told(stroke))
      }
  }
  note()
  return outbox.subscribe(note)
}

/** What was made here and what is on screen, whoever works. */
export const screenHooks = (view: SpineView) => ({
  made: (from: number) => made.slice(from),
  beingWritten: () => working?.beingWritten() ?? [],
  labels: () => base64(view.labelMap ?? new Uint8Array()),
  levelCodes: () => [...view.state.getState().levels].map(([number, level]) => [number, codeOf(level)]),
  get isBusy() {
    return view.state.getState().isBusy || view.editor.isStepping
  },
  get mayPaint() {
    return view.state.getState().tool !== 'look'
  },
})

function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}
