/**
 * Shapes that cross /api/, made from the API's schema. What differs is only looser where a screen
 * computes a value before it sends it, and one shape comes from outside the schema.
 */
import type * as schema from './schema'

export type {
  Agreement, AgreementRow, Attempt, Automation, CaseDetail, CaseEventOut, Computing, Dataset, Demand, Effort, EffortGroup, GateRow, HeightPlot, ImportFinding, ImportOut, JobState, Lease,
  LevelAgreement, MaskHeights, ModelInService, ModelVersionOut, Move, Next, NormalLevel, Normals, Override, OwnTime, Pin, Problem, ProofStep,
  Assigned, Progress, ProposalOut, ProposedVertebra, Protocols, ProtocolSaid, ProtocolVersion, Qualification, QualificationStanding, Substituted, ReaderAccuracy, ReaderPair, ReleaseOut, Role, RoundOut, Session, Share, Stage, SystemOut, Vertebra,
  Week, WorkRow, Worklist,
} from './schema'

export type { Signatures } from './schema'
export type { Act as ActRow, Revision as RevisionRow, Ticked } from './schema'

export type NotGraded = schema.NotGradedReasonEnum

/** Anterior, middle, posterior; superior, inferior; LPS in millimetres. */
export type SixPoints = number[][][]

/** Who placed each point: anterior, middle, posterior; superior, inferior. */
export type PointOrigins = ('model' | 'reader' | 'snapped' | 'mean')[][]

type With<Shape, Other> = Omit<Shape, keyof Other> & Other

export type Measured = With<
  Pick<schema.ProposedVertebra, 'heights_mm' | 'g' | 'grade' | 'shape' | 'withheld_reason'>,
  { six_points_mm: SixPoints | null }
>
export type Finding = With<
  schema.Finding,
  {
    level: string | null
    six_points_mm: SixPoints | null
    points_by: PointOrigins | null
    heights_mm: [number, number, number] | null
    deformity: string[]
    foreign_material: string[]
  }
>
export type ReadingOut = With<
  schema.ReadingOut,
  { findings: Finding[]; columns: Readonly<Record<number, readonly [number, number] | undefined>> }
>
export type SettlementOut = With<schema.SettlementOut, { finding: Finding }>
export type DisagreementOut = With<
  schema.DisagreementOut,
  { a: Finding | null; b: Finding | null; settled: SettlementOut | null }
>
export type ConsensusOut = With<schema.ConsensusOut, { disagreements: DisagreementOut[] }>

/** What a volume's pictures are laid out by; served beside them, not below /api/. */
export interface VolumeMeta {
  format: 'lamina.volume/1'
  id: string
  hash: string
  /** Counts along i, j, k. */
  dims: [number, number, number]
  spacing_mm: [number, number, number]
  /** Voxel 0,0,0 in LPS. */
  origin_mm: [number, number, number]
  /** Unit vectors of i, j and k in LPS, nine numbers: row cosines, column cosines, normal. */
  direction: number[]
  window: { center: number; width: number }
  preview: { dims: [number, number, number]; factor: [number, number, number]; url: string }
  /** With `{k}` for the slice. */
  slice_url: string
  slice_url_gz: string
  hu_range: [number, number]
  /** What the millimetres are: a radiograph's are the detector's, or pixels. */
  frame: schema.CaseDetail['frame']
  spacing_source: 'calibrated' | 'imager' | 'unknown' | null
  radiograph: RadiographMeta | null
}

/** What is known of a radiograph beside its picture. */
export interface RadiographMeta {
  view: string
  /** "stated" in the file, "said" by the importer, or "unknown": then the front is taken as left. */
  front: 'stated' | 'said' | 'unknown'
  /** By which the detector's spacing was divided, where the file states it. */
  magnification: number | null
  is_inverted: boolean
  /** stored = shown in the file * scale + offset */
  value_scale: number
  value_offset: number
  windows: { stated?: GreyWindow; picture: GreyWindow; bone: GreyWindow }
}

export interface GreyWindow {
  readonly center: number
  readonly width: number
}
