/** The label map drawn over the CT: colour by level, outline, fill, what is hidden. */
import type { Types } from '@cornerstonejs/core'
import { Enums, segmentation } from '@cornerstonejs/tools'
import type { VolumeMeta } from '../api/types'
import { colourOf, rgbOf } from '../domain/levelColours'
import { dropVolume, makeVolume } from './csVolume'
import { type Plane, PLANES } from './planes'
import type { Stage } from './stage'

const TYPE = Enums.SegmentationRepresentations.Labelmap
const OUTLINE_PIXELS = 1
const ACTIVE_OUTLINE_MORE = 1
let layers = 0

export interface LayerStyle {
  /** 0-1; the active level is filled more densely. */
  readonly fill: number
  readonly activeFill: number
  readonly outlineOnly: boolean
}

export class LabelLayer {
  readonly labels: Uint8Array<ArrayBuffer>
  private readonly volume: Types.IImageVolume
  private readonly id: string
  private readonly colourIndex: number
  private levels: ReadonlyMap<number, string | null> = new Map()
  private active = 0
  private style: LayerStyle = { fill: 0.25, activeFill: 0.44, outlineOnly: false }

  constructor(meta: VolumeMeta, labels: Uint8Array<ArrayBuffer>, private readonly stage: Stage) {
    this.labels = labels
    this.id = `lamina-labels-${++layers}`
    this.volume = makeVolume(`${this.id}-volume`, meta, labels)
    segmentation.addSegmentations([{ segmentationId: this.id, representation: { type: TYPE, data: { volumeId: this.volume.volumeId } } }])
    this.colourIndex = segmentation.config.color.addColorLUT(Array.from({ length: 256 }, (): Types.Color => [0, 0, 0, 0]))
    for (const viewportId of stage.viewportIds)
      segmentation.addSegmentationRepresentations(viewportId, [
        { segmentationId: this.id, type: TYPE, config: { colorLUTOrIndex: this.colourIndex } },
      ])
    this.restyle()
  }

  /** Colours every vertebra number by the level it is given. */
  setLevels(levels: ReadonlyMap<number, string | null>): void {
    this.levels = levels
    this.restyle()
  }

  setActive(number: number): void {
    this.active = number
    if (number > 0) segmentation.segmentIndex.setActiveSegmentIndex(this.id, number)
    this.restyle()
  }

  setStyle(style: LayerStyle): void {
    this.style = style
    this.restyle()
  }

  setVisible(isVisible: boolean): void {
    for (const viewportId of this.stage.viewportIds)
      segmentation.config.visibility.setSegmentationRepresentationVisibility(viewportId, { segmentationId: this.id }, isVisible)
  }

  /** Draws these sagittal slices (k) anew, after `labels` was written. */
  touch(slices: Iterable<number>, planes: readonly Plane[] = PLANES): void {
    for (const k of slices) this.volume.vtkOpenGLTexture.setUpdatedFrame(k)
    this.volume.imageData?.modified()
    this.stage.render(planes)
  }

  close(): void {
    segmentation.removeSegmentation(this.id)
    dropVolume(this.volume)
  }

  /** The colour table carries each level's share of the fill, so that one style serves all. */
  private restyle(): void {
    const { fill, activeFill, outlineOnly } = this.style
    const most = Math.max(fill, activeFill, 0.01)
    const colours = segmentation.state.getColorLUT(this.colourIndex)
    for (let number = 1; number < 256; number++) {
      const [red, green, blue] = rgbOf(colourOf(this.levels.get(number) ?? null))
      const share = (number === this.active ? activeFill : fill) / most
      colours?.[number]?.splice(0, 4, red, green, blue, Math.round(255 * share))
    }
    segmentation.config.style.setStyle({ segmentationId: this.id, type: TYPE }, {
      renderOutline: true, outlineWidth: OUTLINE_PIXELS, outlineOpacity: 1,
      activeSegmentOutlineWidthDelta: ACTIVE_OUTLINE_MORE, renderFill: !outlineOnly, fillAlpha: most,
    })
    for (const viewportId of this.stage.viewportIds)
      segmentation.triggerSegmentationEvents.triggerSegmentationRepresentationModified(viewportId, this.id, TYPE)
  }
}
