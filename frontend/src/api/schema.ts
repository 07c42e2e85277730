// Made by `python manage.py client_types` from docs/openapi.yaml; not edited by hand.

export type AboutEnum = 'study' | 'me'

export type Accuracy = {
  sensitivity: Share
  specificity: Share
  positive_predictive: Share
  negative_predictive: Share
  accuracy: Share
  f1: number | null
}

export type Act = {
  sequence: number
  tool: number
  number: number
  n_voxels: number
  levels: LevelChange[]
  mine: boolean
  by: string
  at: string
}

export type ActEnum = 'take' | 'hand_over'

export type ActivityRow = {
  case: string
  stage: Stage
  person: string
  number: number
  level: string
  tool: string
  active_seconds: number
  inputs: number
}

export type Agreement = {
  report: FrozenReport
  frozen: FrozenReport[]
  mine: string | null
  n_cases: number
  conventions: string[]
  draws: number
  arm: string
  arms: string[]
  experts: Expert[]
  within: AgreementRow[]
  masks: Masks
  readers: string[]
  n_patients: number
  n_vertebrae: number
  n_by_two: number
  rows: AgreementRow[]
  pairs: ReaderPair[]
  levels: LevelAgreement[]
  against_consensus: ReaderAccuracy[]
  against_others: ReaderAccuracy[]
}

export type AgreementRow = {
  group: string
  of: string
  readers: string[]
  statistic: string
  value: number | null
  low: number | null
  high: number | null
  n_units: number
  n_clusters: number
  reason: string
  n_undefined: number
}

export type AnomaliesEnum = 'has_T13' | 'has_L6' | 'lacks_T12' | 'lacks_L5'

export type AoClassEnum = 'A0' | 'A1' | 'A2' | 'A3' | 'A4' | 'B1' | 'B2' | 'B3' | 'C'

export type AoModifiersEnum = 'M1' | 'M2'

export type AoNeurologyEnum = 'N0' | 'N1' | 'N2' | 'N3' | 'N4' | 'NX'

export type Arm = {
  name: string
  exposure: ExposureEnum
  weight: number
}

export type Asked = {
  by: string
  at: string
  note: string
}

export type Assigned = {
  assigned: number
  cases: number
  short: number
}

export type Attempt = {
  number: number
  house: string
  started_at: string
  finished_at: string | null
  passed: boolean | null
  n_cases: number
  n_handed_in: number
  result: TestResult | null
  vertebrae: TestVertebra[]
}

export type AuthorKindEnum = 'model' | 'import' | 'empty' | 'person' | 'fused'

export type Automation = {
  about: AboutEnum
  n_cases: number
  arms: ByArm[]
  turned: TurnedWrong[]
  readers: ReaderHabits[]
}

export type BlankEnum = ''

export type BodyHeights = {
  number: number
  heights_mm: [number, number, number] | null
}

export type ByArm = {
  group: string
  question: QuestionEnum
  wrong_with_wrong: Share
  follows_wrong: Share
  wrong_with_right: Share
}

export type CaseDetail = {
  id: string
  code: string
  dataset: string
  title: string
  stage: Stage
  work: WorkEnum | null
  roles: Role[]
  moves: Move[]
  volume: string
  spacing_mm: [number, number, number] | null
  kind: CaseDetailKindEnum
  frame: FrameEnum
  spacing_source: SpacingSourceEnum | null
  remarks: string[]
  vertebrae: Vertebra[]
  proposal: ProposalOut | null
  proposal_hidden: boolean
  counted_from: string
  lease: Lease | null
  returned: Returned | null
  series: Record<string, unknown>
  convention: string
  readings: OwnReading | null
  grade_withheld_reason: string | null
  tracks: Track[]
}

export type CaseDetailKindEnum = 'volume' | 'radiograph'

export type CaseEventOut = {
  at: string
  move: Move
  from_stage: Stage
  to_stage: Stage
  by: string
  reason: string
  note: string
  overrides: Override[]
}

export type Catch = {
  key: number
  name: string
  n: number
  detected: number
  rate: number | null
  reason: string
}

export type Changes = {
  untouched: number
  small: number
  large: number
}

export type Computing = {
  state: JobStateEnum
  percent: number
  message: string
}

export type ConfidenceEnum = 'sure' | 'unsure'

export type ConsensusOut = {
  case: string
  code: string
  disagreements: DisagreementOut[]
  agreed: number
  open: number
  n_masks: number
  may_settle: boolean
  proposal_shown: boolean
  classifies_ao: boolean
  statements: Statement[]
  signatures: Signature[]
  room: Room
}

export type Convention = {
  name: string
  mild: number
  moderate: number
  severe: number
}

export type Dataset = {
  slug: string
  name: string
  roles: Role[]
  working_grid: WorkingGridEnum
  level_scheme: LevelSchemeEnum
  model: ModelInService | null
  radiograph_model: ModelInService | null
}

export type DatasetMembership = {
  dataset: string
  dataset_name: string
  roles: Role[]
}

export type DeclaredAnomalies = {
  has_T13?: boolean
  has_L6?: boolean
  lacks_T12?: boolean
  lacks_L5?: boolean
  by: string
  at: string | null
}

export type DeformityEnum = 'scheuermann' | 'schmorl' | 'developmental_wedge' | 'short_vertebra' | 'degenerative_remodelling' | 'limbus' | 'haemangioma' | 'cupid_bow' | 'congenital' | 'other'

export type Demand = {
  truth: string | null
  of_students: boolean
  of_readers: boolean
  dice: number
  dice_least: number
  level_errors: number
  kappa: number
  attempts: number
}

export type Differing = {
  n: number
  n_different: number
}

export type DisagreementOut = {
  id: string
  number: number
  level: string | null
  kind: DisagreementOutKindEnum
  rank: number
  reason: string
  a: Finding | null
  b: Finding | null
  a_name: string
  b_name: string
  deferred_at: string | null
  asked: Asked | null
  settled: SettlementOut | null
  masks: MasksOut | null
  open: boolean
}

export type DisagreementOutKindEnum = 'presence' | 'grade' | 'threshold' | 'shape' | 'flags' | 'points' | 'masks'

export type Effort = {
  small_change: number
  n_unmeasured: number
  groups: EffortGroup[]
}

export type EffortGroup = {
  model: string | null
  round: number | null
  n_cases: number
  n_timed: number
  minutes: Minutes | null
  why_no_minutes: string
  n_levels: number
  changes: Changes | null
  why_no_changes: string
}

export type Expert = {
  letter: string
  name: string
}

export type ExposureEnum = 'shown' | 'hidden' | 'after_commit'

export type FilesAdded = {
  n_files: number
  n_bytes: number
}

export type Finding = {
  number: number
  level: LevelEnum | null
  six_points_mm: [[[number, number, number], [number, number, number]], [[number, number, number], [number, number, number]], [[number, number, number], [number, number, number]]] | null
  points_by?: [['model' | 'reader' | 'snapped' | 'mean', 'model' | 'reader' | 'snapped' | 'mean'], ['model' | 'reader' | 'snapped' | 'mean', 'model' | 'reader' | 'snapped' | 'mean'], ['model' | 'reader' | 'snapped' | 'mean', 'model' | 'reader' | 'snapped' | 'mean']] | null
  heights_mm: number[] | null
  g: number | null
  grade_measured: number | null
  shape_measured: string | null
  grade_reader: GradeReaderEnum | null
  shape_reader: ShapeReaderEnum | null
  not_graded_reason: NotGradedReasonEnum | null
  deformity: DeformityEnum[]
  foreign_material: ForeignMaterialEnum[]
  ao_class: AoClassEnum | null
  ao_neurology: AoNeurologyEnum | null
  ao_modifiers: AoModifiersEnum[]
  slice_first: number | null
  slice_last: number | null
  confidence: ConfidenceEnum | null
  remark: string
  touched: boolean
}

export type FirstCheck = {
  approved: number
  of: number
}

export type Forecast = {
  minutes_per_case: number | null
  minutes_left: number | null
  n_cases: number
  reason: string
}

export type ForeignMaterialEnum = 'pmma' | 'screw_rod' | 'cage' | 'vertebral_replacement' | 'other'

export type FrameEnum = 'patient_mm' | 'detector_mm' | 'pixel'

export type FrontEnum = 'left' | 'right'

export type FrozenReport = {
  id: number
  name: string
  origin: string
  made_at: string
}

export type GateRow = {
  metric: string
  name: string
  before: number | null
  after: number | null
  difference: number | null
  verdict: VerdictEnum
}

export type GradeReaderEnum = 0 | 1 | 2 | 3

export type HeightPlot = {
  n: number
  bias: number
  sd: number
  limits: number[]
  slope: number | null
  points: number[][]
  every: number
}

export type HeightPlots = {
  anterior: HeightPlot | null
  middle: HeightPlot | null
  posterior: HeightPlot | null
  g: HeightPlot | null
}

export type ImportFinding = {
  name: string
  accepted: boolean
  code: string
  reason: string
  place: string
  n_slices: number
  spacing_mm: number[] | null
  positions_mm: number[] | null
  gaps: number[] | null
  case: string | null
  case_code: string | null
  duplicate: boolean
}

export type ImportOut = {
  id: string
  state: ImportStateEnum
  percent: number
  message: string
  n_files: number
  n_bytes: number
  findings: ImportFinding[]
  removed: Removed
}

export type ImportStateEnum = 'open' | 'reading' | 'done' | 'failed'

export type JobState = {
  id: string
  kind: JobStateKindEnum
  state: JobStateEnum
  percent: number
  message: string
}

export type JobStateEnum = 'queued' | 'running' | 'done' | 'failed'

export type JobStateKindEnum = 'intake' | 'preannotation' | 'round' | 'release' | 'heights' | 'agreement'

export type Keys = {
  keys: Record<string, string[]>
  letters: boolean
}

export type Lease = {
  holder_name: string
  is_me: boolean
  until: string
  taken_at: string
  asked_by: string
  asked_by_me: boolean
}

export type LeaseNow = {
  lease: Lease | null
}

export type LevelAgreement = {
  level: string
  n: number
  n_different: number
}

export type LevelChange = {
  number: number
  to: string | null
  from: string | null
}

export type LevelEnum = 'C1' | 'C2' | 'C3' | 'C4' | 'C5' | 'C6' | 'C7' | 'T1' | 'T2' | 'T3' | 'T4' | 'T5' | 'T6' | 'T7' | 'T8' | 'T9' | 'T10' | 'T11' | 'T12' | 'T13' | 'L1' | 'L2' | 'L3' | 'L4' | 'L5' | 'L6' | 'S1' | 'Co'

export type LevelSchemeEnum = 'T' | 'Th'

export type LevelsCountedFromEnum = 'C2' | 'T1_rib' | 'L5_sacrum' | 'assumed'

export type Limits = {
  noise_of_g: number
  great_difference_of_g: number
  great_distance_mm: number
  mask_dice: number
  mask_hd95_mm: number
}

export type LimitsAccuracy = {
  fracture: Accuracy
  moderate: Accuracy
}

export type MapRow = {
  level: string
  grade: Differing
  moderate: Differing
  shape: Differing
  g: Differing
}

export type MaskHeights = {
  is_measured: boolean
  bodies: BodyHeights[]
}

export type MaskSettlementOut = {
  id: string
  taken: MaskSettlementOutTakenEnum
  basis: string
  by: string
  at: string
  remark: string
}

export type MaskSettlementOutTakenEnum = 'agreed' | 'a' | 'b' | 'fused' | 'staple' | 'adjudicated'

export type Masks = {
  rows: AgreementRow[]
  missed: MissedMasks[]
}

export type MasksBeginEnum = 'checked' | 'empty'

export type MasksOut = {
  a_name: string
  b_name: string
  dice: number
  hd95_mm: number | null
  n_uncertain: number
  n_masks: number
  settled: MaskSettlementOut | null
}

export type MineEnum = 'none' | 'open' | 'submitted'

export type Minutes = {
  low: number
  median: number
  high: number
}

export type MissedMasks = {
  tracks: string[]
  n: number
  n_missed: number
}

export type ModelInService = {
  version: string
  trained_on: string
  phantoms_only: boolean
}

export type ModelVersionOut = {
  id: string
  system: string
  version: string
  in_service: boolean
  why_not: string
  trained_on: string
  phantoms_only: boolean
  sha256: string
  created_at: string
  metrics: Record<string, number>
  card: string
}

export type Move = 'queue' | 'offer' | 'submit_mask' | 'return_mask' | 'approve_mask' | 'return_from_reading' | 'close_readings' | 'settle' | 'reopen' | 'reopen_mask' | 'exclude' | 'readmit'

export type Next = {
  next: WorkRow | null
}

export type NormalLevel = {
  level: string
  n: number
  n_used: number
  pooled: string[]
  ratios: [number, number] | null
  spread: [number, number] | null
  heights_mm: [number, number, number] | null
}

export type Normals = {
  minimum_n: number
  levels: NormalLevel[]
}

export type NotGradedReasonEnum = 'cervical' | 'partially_visible' | 'foreign_material_obscures' | 'fused_or_ankylosed_unmeasurable' | 'artefact' | 'metastasis_or_tumour' | 'transitional_uncertain' | 'not_assessed'

export type OutcomeEnum = 'promoted' | 'refused'

export type Override = {
  id: number
  code: string
  level: string
  message: string
  reason: string
  by: string
  at: string
}

export type OwnAnswers = {
  question: QuestionEnum
  follows_wrong: Share
  wrong_with_wrong: Share
  wrong_alone: Share
  turned_wrong: Share
}

export type OwnReading = {
  mine: MineEnum
  needed: number
}

export type OwnTime = {
  stage: Stage
  seconds: number
  median_seconds: number | null
  n_cases: number
  idle_seconds: number
}

export type ParticipantsTaken = {
  updated: number
  problems: string[]
}

export type PenEnum = 'mine' | 'anothers' | 'free'

export type Person = {
  id: number
  name: string
  username: string
}

export type Pin = {
  id: string
  number: number | null
  at_mm: [number, number, number]
  kind: PinKindEnum
  text: string
  author: string
  created_at: string
  resolved_at: string | null
  resolved_by: string
}

export type PinKindEnum = 'note' | 'ask'

export type PointDistances = {
  n: number
  median: number
  p95: number
  p99: number
  largest: number
  lateral_p95: number
}

export type Present = {
  id: number
  name: string
  is_me: boolean
  role: RoomRoleEnum
  holds_pen: boolean
}

export type Problem = {
  code: string
  level: string | null
  number: number | null
  message: string
  at_mm: [number, number, number] | null
  blocking: boolean
  may_override: boolean
  override: Override | null
}

export type Progress = {
  readers: ReaderProgress[]
  n_waiting: number
  places_open: number
  way: WayEnum
  forecast: Forecast
  catches: Catch[]
}

export type ProofStep = {
  name: string
  ok: boolean | null
  evidence: string
}

export type ProposalOut = {
  id: string
  model: string
  trained_on: string
  phantoms_only: boolean
  counted_from: string
  created_at: string
  vertebrae: ProposedVertebra[]
  straightened_url: string | null
}

export type ProposedVertebra = {
  number: number
  level: string
  confidence: number
  centroid_mm: [number, number, number]
  is_partial: boolean
  six_points_mm: (([number, number, number])[])[] | null
  heights_mm: [number, number, number] | null
  g: number | null
  grade: number | null
  shape: string | null
  withheld_reason: string | null
  suggestion?: Suggestion | null
}

export type ProtocolSaid = {
  convention: string
  readers_per_case: number
  overlap_share: number
  proposal_exposure: ExposureEnum
  arms: Arm[]
  grades_cervical: boolean
  classifies_ao: boolean
  repeat_share: number
  repeat_after_days: number
  catch_share: number
  limits: Limits
  adjudicator: number | null
  wash_out_days: number
  way: WayEnum
  due_days: number | null
  independent_masks: number
  masks_begin: MasksBeginEnum
  note: string
}

export type ProtocolVersion = {
  convention: string
  readers_per_case: number
  overlap_share: number
  proposal_exposure: ExposureEnum
  arms: Arm[]
  grades_cervical: boolean
  classifies_ao: boolean
  repeat_share: number
  repeat_after_days: number
  catch_share: number
  limits: Limits
  adjudicator: number | null
  wash_out_days: number
  way: WayEnum
  due_days: number | null
  independent_masks: number
  masks_begin: MasksBeginEnum
  note: string
  version: number
  allocation_seed: number
  adjudicator_name: string
  made_by: string
  created_at: string
  in_use: boolean | null
}

export type Protocols = {
  versions: ProtocolVersion[]
  beginning: ProtocolSaid
  conventions: Convention[]
  readers: ReaderName[]
}

export type Qualification = {
  demand: Demand | null
  mine: QualificationStanding[]
  people: QualificationPerson[]
}

export type QualificationPerson = {
  role: TestedRoleEnum
  standing: StandingEnum
  attempts_left: number
  attempts: Attempt[]
  person: string
}

export type QualificationStanding = {
  role: TestedRoleEnum
  standing: StandingEnum
  attempts_left: number
  attempts: Attempt[]
}

export type QuestionEnum = 'grade' | 'fracture' | 'moderate'

export type ReaderAccuracy = {
  fracture: Accuracy
  moderate: Accuracy
  reader: string
  incorporated: boolean
  n: number
  n_patients: number | null
  patients: LimitsAccuracy | null
}

export type ReaderHabits = {
  reader: string
  n_readings: number
  short: Share
  short_below_seconds: number | null
  untouched_readings: Share
  untouched_findings: Share
  catches: Share | null
  questions: OwnAnswers[]
}

export type ReaderName = {
  key: number
  name: string
}

export type ReaderPair = {
  readers: string[]
  confusion: number[][]
  n_near_limit: number | null
  heights: HeightPlots
  points: PointDistances | null
  map: MapRow[]
}

export type ReaderProgress = {
  key: number
  name: string
  is_reader: boolean
  is_away: boolean
  assigned: number
  open: number
  submitted: number
  overdue: number
  ended: number
  next_due: string | null
  forecast: Forecast
}

export type ReadingOut = {
  id: string
  case: string
  status: StatusEnum
  protocol_version: number
  convention: string
  proposal_shown: boolean
  findings: Finding[]
  levels_confirmed: boolean
  levels_counted_from: LevelsCountedFromEnum | BlankEnum
  anomalies: AnomaliesEnum[]
  columns: Record<string, [number, number]>
  classifies_ao: boolean
  amends: string | null
  reason: string
  may_amend: boolean
  paints: boolean
  submitted_at: string | null
}

export type RefusedSpan = {
  id: string
  detail: string
}

export type ReleaseFile = {
  path: string
  n_bytes: number
}

export type ReleaseOut = {
  id: string
  version: string
  state: JobStateEnum
  percent: number
  message: string
  n_cases: number
  sha256: string | null
  n_bytes: number | null
  created_at: string
  proof: ProofStep[]
  table: TableRow[]
  files: ReleaseFile[]
  download_url: string | null
}

export type Removed = {
  values: number
  private: number
  dates: number
}

export type Returned = {
  reason: string
  note: string
  by: string
  at: string
}

export type Revision = {
  id: number
  track: string
  number: number
  sequence: number
  cause: string
  author_kind: string
  by: string
  at: string
}

export type Role = 'student' | 'reader' | 'manager' | 'operator' | 'system'

export type Room = {
  role: RoomRoleEnum
  people: Present[]
  pen: PenEnum
  pen_holder: string
  signed: number
  to_sign: number
  i_sign: boolean
  i_signed: boolean
}

export type RoomRoleEnum = 'reader' | 'adjudicator' | 'onlooker'

export type RoundOut = {
  id: string
  number: number
  state: JobStateEnum
  percent: number
  message: string
  n_cases: number
  manifest_sha256: string
  parent_model: string
  candidate_model: string | null
  outcome: OutcomeEnum | null
  sentence: string
  gate: GateRow[]
  evaluated_on: string
  created_at: string
  created_by: string
  finished_at: string | null
}

export type Session = {
  user: Person | null
  memberships: DatasetMembership[]
}

export type SettleMasksTakenEnum = 'a' | 'b' | 'fused' | 'staple'

export type SettleTakenEnum = 'a' | 'b' | 'mean' | 'edited'

export type SettlementOut = {
  id: string
  taken: SettlementOutTakenEnum
  basis: string
  finding: Finding
  by: string
  at: string
  remark: string
}

export type SettlementOutTakenEnum = 'agreed' | 'a' | 'b' | 'mean' | 'edited' | 'adjudicated'

export type ShapeReaderEnum = 'wedge' | 'biconcave' | 'crush'

export type Share = {
  hits: number
  of: number
  value: number | null
  low: number | null
  high: number | null
  reason: string
}

export type Signature = {
  person: number | null
  name: string
  at: string | null
  by: string
  reason: string
}

export type Signatures = {
  open: number
  signatures: Signature[]
}

export type SpacingSourceEnum = 'calibrated' | 'imager' | 'unknown'

export type SpansAnswer = {
  kept: string[]
  refused: RefusedSpan[]
}

export type Stage = 'received' | 'queued' | 'refining' | 'checking' | 'reading' | 'consensus' | 'final' | 'excluded'

export type StageCount = {
  stage: Stage
  n: number
  longest_wait_days: number
}

export type StandingEnum = 'to_do' | 'open' | 'failed' | 'exhausted' | 'passed'

export type Statement = {
  levels_counted_from: LevelsCountedFromEnum | BlankEnum
  anomalies: AnomaliesEnum[]
}

export type StatusEnum = 'open' | 'submitted' | 'withdrawn'

export type StrokeAnswer = {
  acknowledged: number
  revision: number
  duplicate: boolean
}

export type Substituted = {
  ended: number
  given: number
  short: number
}

export type Suggestion = {
  is_fractured: boolean
  score: number
  slice_k: number
  n_slices: number
  k_needed: number
  slice_scores: number[]
}

export type SystemOut = {
  name: string
  title: string
  publication: string
  reads_radiographs: boolean
  learns_in_rounds: boolean
  word: string
  versions: ModelVersionOut[]
}

export type TableRow = {
  row: string
  training: string
  validation: string
  test: string
  all: string
}

export type TestLimits = {
  dice: number
  dice_least: number
  level_errors: number
  kappa: number
}

export type TestResult = {
  n_vertebrae: number
  dice?: number | null
  dice_least?: number | null
  level_errors?: number
  n_missing?: number
  agreement?: number | null
  kappa?: number | null
  limits: TestLimits
}

export type TestVertebra = {
  level: string
  found?: string | null
  dice?: number
  true?: number
  said?: number | null
}

export type TestedRoleEnum = 'student' | 'reader'

export type Ticked = {
  numbers: number[]
}

export type Track = {
  kind: TrackKindEnum
  revision: number
  author_kind: AuthorKindEnum
}

export type TrackKindEnum = 'main' | 'independent' | 'imported' | 'consensus' | 'version' | 'own_version'

export type Turned = {
  hits: number | null
  of: number
  value: number | null
  low: number | null
  high: number | null
  reason: string
}

export type TurnedWrong = {
  question: QuestionEnum
  between: Turned
  within: Share
}

export type VerdictEnum = 'not_worse' | 'worse' | 'undefined'

export type Vertebra = {
  number: number
  uuid: string
  level: string | null
  counted_from: string
  centroid_mm: [number, number, number] | null
  confidence: number | null
  is_partial: boolean
}

export type WayEnum = 'pull' | 'assign'

export type Week = {
  days: number
  handed_in: number
  active_seconds: number
  median_seconds: number | null
  first_check: FirstCheck | null
  most_frequent_return: string | null
}

export type WorkEnum = 'refine' | 'check' | 'read' | 'settle'

export type WorkRow = {
  case: string
  code: string
  title: string
  stage: Stage
  levels: string
  n_levels: number
  thumbnail_url: string | null
  held_by: Lease | null
  waiting_since: string
  note: string
  returned: boolean
  look_at: string
  due_at: string | null
  work: WorkEnum | null
  job: JobState | null
  moves: Move[]
}

export type WorkingGridEnum = 'as_stored' | 'iso_1mm' | 'sagittal_1mm'

export type Worklist = {
  next: WorkRow | null
  rows: WorkRow[]
  counts: Record<string, number>
  stages: StageCount[]
}
