/** Browser half of the bridge: volumes, label maps and strokes as bytes, and the journal of strokes. */
export { Journal, noJournal } from './journal'
export { fetchAct, fetchBothMasks, fetchMask, fetchMoment, fetchRevision, fetchVersion, keepVersion, type Mask, type MaskHome, sendStroke } from './mask'
export { type Acknowledgement, Outbox, Overtaken, type SaveState } from './outbox'
export { Seat, type SeatState } from './seat'
export { inflate, openFormat, readU32, UnknownFormat } from './packing'
export { type Act, applyRuns, BaseMismatch, inverse, layOnTop, type LevelChange, NO_RUNS, type Runs, runsFrom, type Stroke, Tool, voxelsIn } from './stroke'
export { fetchMeta, fetchPreview, fillFromPreview, gridOf, loadSlice, type Stream, streamSlices } from './volume'
