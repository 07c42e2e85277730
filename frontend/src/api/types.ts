/** Shapes that cross /api/: the names are those of the back end's serializers. */
export type Role = "student" | "reader" | "manager" | "operator";
export type Stage = "received"|"queued"|"refining"|"checking"|"reading"|"consensus"|"final"|"excluded";
export type Move = "queue"|"offer"|"submit_mask"|"return_mask"|"approve_mask"|"return_from_reading"|"close_readings"|"settle"|"reopen"|"reopen_mask"|"exclude"|"readmit";

export interface Session { user: {id: number; name: string; username: string} | null; memberships: {dataset: string; dataset_name: string; roles: Role[]}[]; }

export interface ModelInService { version: string; trained_on: string; phantoms_only: boolean; }

export interface Dataset { slug: string; name: string; roles: Role[]; working_grid: "as_stored"|"iso_1mm"|"sagittal_1mm"; level_scheme: "T"|"Th"; model: ModelInService | null; }

export interface JobState { id: string; kind: "intake"|"preannotation"|"round"|"release"; state: "queued"|"running"|"done"|"failed"; percent: number; message: string; }

export interface Lease { holder_name: string; is_me: boolean; until: string; }

export interface WorkRow { case: string; code: string; title: string; stage: Stage; levels: string; n_levels: number; thumbnail_url: string | null; held_by: Lease | null; waiting_since: string; note: string; returned: boolean; look_at: string; work: "refine"|"check"|"read"|"settle"|null; job: JobState | null; moves: Move[]; }

export interface Worklist { next: WorkRow | null; rows: WorkRow[]; counts: Record<string, number>; stages: {stage: Stage; n: number; longest_wait_days: number}[]; }

export interface Vertebra { number: number; uuid: string; level: string | null; counted_from: string; centroid_mm: [number,number,number] | null; confidence: number | null; is_partial: boolean; }
export type SixPoints = number[][][]; // [3 anterior,middle,posterior][2 superior,inferior][3 LPS mm]

export interface Measured { six_points_mm: SixPoints | null; heights_mm: [number,number,number] | null; g: number | null; grade: number | null; shape: "none"|"wedge"|"biconcave"|"crush"|null; withheld_reason: string | null; }

export interface ProposedVertebra extends Measured { number: number; level: string; confidence: number; centroid_mm: [number,number,number]; is_partial: boolean; }

export interface ProposalOut { id: string; model: string; trained_on: string; phantoms_only: boolean; counted_from: string; created_at: string; vertebrae: ProposedVertebra[]; straightened_url: string | null; }

export interface CaseDetail { id: string; code: string; dataset: string; title: string; stage: Stage; work: WorkRow["work"]; roles: Role[]; moves: Move[]; volume: string; spacing_mm: [number,number,number]; vertebrae: Vertebra[]; proposal: ProposalOut | null /* null also where the protocol hides it */; proposal_hidden: boolean; counted_from: string; lease: Lease | null; returned: {reason: string; note: string; by: string; at: string} | null; series: Record<string,string|number|null> /* allow-listed */; convention: string; readings: {mine: "none"|"open"|"submitted"; needed: number} | null; grade_withheld_reason: string | null; tracks: {kind: "main"|"imported"|"independent"|"consensus"; revision: number; author_kind: "model"|"import"|"empty"|"person"}[]; }

export interface Problem { code: string; level: string | null; number: number | null; message: string; at_mm: [number,number,number] | null; blocking: boolean; }

export interface CaseEventOut { at: string; move: Move; from_stage: Stage; to_stage: Stage; by: string /* "" where blind */; reason: string; note: string; }

export interface VolumeMeta { format: "lamina.volume/1"; id: string; hash: string; dims: [number,number,number] /* i,j,k */; spacing_mm: [number,number,number]; origin_mm: [number,number,number] /* LPS of voxel 0,0,0 */; direction: number[] /* 9: unit i, unit j, unit k vectors in LPS, Cornerstone order (row cosines = i, column cosines = j, normal = k) */; window: {center: number; width: number}; preview: {dims: [number,number,number]; factor: [number,number,number]; url: string}; slice_url: string /* with {k} */; slice_url_gz: string; hu_range: [number,number]; }
export type NotGraded = "cervical"|"partially_visible"|"foreign_material_obscures"|"fused_or_ankylosed_unmeasurable"|"artefact"|"metastasis_or_tumour"|"transitional_uncertain"|"not_assessed";

export interface Finding { number: number; level: string | null; six_points_mm: SixPoints | null; heights_mm: [number,number,number] | null; g: number | null; grade_measured: number | null; shape_measured: string | null; grade_reader: 0|1|2|3|null; shape_reader: "wedge"|"biconcave"|"crush"|null; not_graded_reason: NotGraded | null; deformity: string[]; foreign_material: string[]; confidence: "sure"|"unsure"|null; remark: string; touched: boolean; }

export interface ReadingOut { id: string; case: string; status: "open"|"submitted"; attempt: number; protocol_version: number; convention: string; proposal_shown: boolean; findings: Finding[]; levels_confirmed: boolean; submitted_at: string | null; }

export interface DisagreementOut { id: string; number: number; level: string | null; kind: "presence"|"grade"|"threshold"|"shape"|"flags"|"points"; rank: number; reason: string; a: Finding | null; b: Finding | null; settled: SettlementOut | null; }

export interface SettlementOut { id: string; taken: "agreed"|"a"|"b"|"mean"|"edited"; finding: Finding; by: string; at: string; remark: string; }

export interface ConsensusOut { case: string; code: string; disagreements: DisagreementOut[]; agreed: number; open: number; may_settle: boolean; proposal_shown: boolean; }

export interface ImportFinding { name: string /* "Series 1", neutral */; accepted: boolean; code: string; reason: string; place: string; n_slices: number; spacing_mm: number[] | null; positions_mm: number[] | null; gaps: number[] | null; case: string | null; case_code: string | null; duplicate: boolean; }

export interface ImportOut { id: string; state: "open"|"reading"|"done"|"failed"; percent: number; message: string; n_files: number; n_bytes: number; findings: ImportFinding[]; removed: {values: number; private: number; dates: number}; }

export interface GateRow { metric: string; name: string; before: number | null; after: number | null; difference: number | null; verdict: "not_worse"|"worse"|"undefined"; }

export interface RoundOut { id: string; number: number; state: "queued"|"running"|"done"|"failed"; percent: number; message: string; n_cases: number; manifest_sha256: string; parent_model: string; candidate_model: string | null; outcome: "promoted"|"refused"|null; sentence: string; gate: GateRow[]; evaluated_on: string; created_at: string; created_by: string; finished_at: string | null; }

export interface ModelVersionOut { id: string; version: string; in_service: boolean; trained_on: string; phantoms_only: boolean; sha256: string; created_at: string; metrics: Record<string, number>; card: string; }

export interface ProofStep { name: string; ok: boolean | null; evidence: string; }

export interface ReleaseOut { id: string; version: string; state: "queued"|"running"|"done"|"failed"; percent: number; message: string; n_cases: number; sha256: string | null; n_bytes: number | null; created_at: string; proof: ProofStep[]; table: {row: string; training: string; validation: string; test: string; all: string}[]; files: {path: string; n_bytes: number}[]; download_url: string | null; }
